"""Web pages and scraped text: the article, and what the page puts around it."""
