"""Text of PDF files in reading order."""
