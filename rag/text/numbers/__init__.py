"""Numbers and amounts, however the three languages write them."""
