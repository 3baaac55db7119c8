"""Other systems that answer the same questions, each in its own virtual environment."""
