"""From the best passages to an answer with verified citations."""
