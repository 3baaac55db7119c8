"""What ``tamngu ingest`` asks for: pages of the web, and a look at what would be ingested."""
