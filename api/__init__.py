"""The HTTP service: FastAPI application and web page. Every decision lives in rag."""
