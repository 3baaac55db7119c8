"""Questions that are made of the sentences that answer them."""
