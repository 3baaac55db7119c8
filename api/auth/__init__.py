"""API keys: who may do what, and how often."""
