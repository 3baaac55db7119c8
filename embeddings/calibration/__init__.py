"""What makes the vectors of different languages comparable."""
