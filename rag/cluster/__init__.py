"""Collections beyond one machine: catalogs in PostgreSQL, vectors and words in Milvus."""
