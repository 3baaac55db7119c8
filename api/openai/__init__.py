"""OpenAI's chat and embeddings protocol."""
