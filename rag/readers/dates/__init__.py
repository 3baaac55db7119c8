"""The date on which a web page appeared, from its markup and from what it shows."""
