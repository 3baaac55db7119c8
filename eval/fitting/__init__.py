"""Commands that fit or measure the constants in ``rag`` and ``embeddings``."""
