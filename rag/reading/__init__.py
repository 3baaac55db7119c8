"""Reading passages that were found: which sentences are read, and what they answer."""
