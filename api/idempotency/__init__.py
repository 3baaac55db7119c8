"""Writes that clients may repeat without doing them twice."""
