"""Metrics of single questions and of sets of questions."""
