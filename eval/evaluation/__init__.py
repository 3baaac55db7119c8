"""Run a gold set: search and answer its questions, and score what is found."""
