"""The date of publication of a web page."""
