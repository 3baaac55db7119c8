"""From a model's name to an encoder."""

from __future__ import annotations

from embeddings.encoder import Encoder

PACKAGED_MODEL = "packaged"
"""The name that stands for the model that comes with the installation."""


def load_encoder(model: str = PACKAGED_MODEL) -> Encoder:
    """Load a model.

    Args:
        model: ``packaged``, or the path or hub name of any sentence-transformers model.

    Raises:
        EncoderError: the model cannot be found, prepared or loaded.
    """
    from embeddings.sentence_transformer import SentenceTransformerEncoder

    if model == PACKAGED_MODEL:
        from embeddings import packaged

        return SentenceTransformerEncoder.load(
            str(packaged.prepare()), name=packaged.NAME, weights=packaged.SHA256
        )
    return SentenceTransformerEncoder.load(model)
