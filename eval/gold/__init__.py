"""Gold sets: questions with their right answers, read from several file formats."""
