"""Runs: the results of one evaluation, question by question, and their files."""
