"""The text of PDF files, in reading order."""
