"""A base for encoders that change a part of another encoder's work."""

from __future__ import annotations

from collections.abc import Sequence

from embeddings.encoder import Encoder, Progress
from embeddings.fingerprint import Fingerprint
from embeddings.vectors import TokenVectors, Vectors


class EncoderWrapper:
    """Passes every call on to another encoder; subclasses override what they change."""

    def __init__(self, encoder: Encoder) -> None:
        """Wrap an encoder."""
        self.encoder = encoder

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model."""
        return self.encoder.fingerprint

    @property
    def max_passage_tokens(self) -> int:
        """Tokens of passage text that fit."""
        return self.encoder.max_passage_tokens

    @property
    def max_question_tokens(self) -> int:
        """Tokens of question text that fit."""
        return self.encoder.max_question_tokens

    @property
    def truncated(self) -> int:
        """Texts whose end was not encoded, since the model was loaded."""
        return self.encoder.truncated

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector per question, shape (len(texts), dim), in the order given."""
        return self.encoder.encode_questions(texts, progress)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector per passage, shape (len(texts), dim), in the order given."""
        return self.encoder.encode_passages(texts, progress)

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector per question, and token vectors if the encoder returns them."""
        return self.encoder.encode_questions_by_token(texts)

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector per passage, and token vectors if the encoder returns them."""
        return self.encoder.encode_passages_by_token(texts, progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, without prompt or special tokens."""
        return self.encoder.count_tokens(texts)
