"""What finds the passages of a catalog by vectors and words: one collection of Milvus."""
