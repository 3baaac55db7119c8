"""Gold sets: questions with their right answers, in several file formats."""
