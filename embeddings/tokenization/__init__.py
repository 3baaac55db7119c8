"""From texts to token ids: the tokenizers of a model."""
