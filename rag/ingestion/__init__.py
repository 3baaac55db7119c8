"""From articles to stored passages: crawl, chunk, encode, store."""
