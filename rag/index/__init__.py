"""What is derived from the catalog to search it: vectors, words, snapshots of both."""
