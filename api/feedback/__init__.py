"""What people say of answers, and the gold set that comes of it."""
