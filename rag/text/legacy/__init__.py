"""Vietnamese in encodings from before Unicode, put into Unicode."""
