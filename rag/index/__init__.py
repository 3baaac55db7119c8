"""The indexes that are derived from the catalog: vectors, words, and snapshots of both."""
