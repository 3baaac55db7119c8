"""Asking a gold set."""
