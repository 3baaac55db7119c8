"""Web pages and scraped text: the story, and what stands around it."""
