"""Numbered parts of laws, named in questions and found in texts."""
