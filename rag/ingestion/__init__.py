"""The way of an article into a collection: chunk, encode, store."""
