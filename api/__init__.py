"""The HTTP service: a FastAPI application and a web page. What it answers is decided in rag."""
