"""The reader that is installed with Tamngu."""
