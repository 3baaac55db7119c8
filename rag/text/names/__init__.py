"""Names of people, places and organisations, in the forms that each language has for them."""
