"""Measurements of speed and memory; each compares with a baseline in the same run."""
