"""The catalog of a collection: one SQLite file that holds all that it stores."""
