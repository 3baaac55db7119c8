"""The server processes, and the commands that start them."""
