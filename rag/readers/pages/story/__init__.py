"""What a page says between its headline and its end, beside what the main text has of it."""
