"""The processes that serve, and the commands that start them."""
