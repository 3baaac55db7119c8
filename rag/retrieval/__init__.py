"""From a question to the best passages."""
