"""Models compiled for this CPU."""
