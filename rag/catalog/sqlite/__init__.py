"""The catalog in a SQLite file: its connections, its log and the locks of the file."""
