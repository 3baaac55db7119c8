"""Plain data that crosses the HTTP API: what a request says and what an answer holds."""
