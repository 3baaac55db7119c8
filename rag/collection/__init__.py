"""The life of a collection: open, check, compact, export, import, delete."""
