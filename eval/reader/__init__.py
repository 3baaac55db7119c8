"""Training and measuring a reader: a model that finds the answer to a question in a passage."""
