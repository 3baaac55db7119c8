"""Which letters a document shows: old fonts, names of encodings, text that is no language."""
