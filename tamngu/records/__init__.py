"""Plain data that crosses the HTTP API: requests, articles, hits, citations, answers, jobs."""
