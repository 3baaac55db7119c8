"""What a page states of its article: who published it, who wrote it, when, and its title."""
