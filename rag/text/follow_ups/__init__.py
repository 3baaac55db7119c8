"""Questions that are only understood after an earlier one: what they leave out, and its place."""
