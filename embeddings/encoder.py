"""The seam between text and vectors: what every encoder offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from embeddings.fingerprint import Fingerprint
from embeddings.vectors import TokenVectors, Vectors

Progress: TypeAlias = Callable[[int], object]
"""Called with the number of texts finished since the last call."""


class Encoder(Protocol):
    """Turns questions and passages into L2-normalised vectors; safe to call from many threads."""

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model; every collection stores it."""

    @property
    def max_passage_tokens(self) -> int:
        """Tokens of passage text that fit beside the prompt and the special tokens."""

    @property
    def max_question_tokens(self) -> int:
        """Tokens of question text that fit beside the prompt and the special tokens."""

    @property
    def truncated(self) -> int:
        """Texts whose end was not encoded, since the model was loaded.

        Always 0 unless :attr:`embeddings.EncoderOptions.overlong` is ``cut``.
        """

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector per question, shape (len(texts), dim), in the order given."""

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector per passage, shape (len(texts), dim), in the order given.

        :attr:`embeddings.EncoderOptions.overlong` says what happens to a text of more than
        ``max_passage_tokens`` tokens. Chunking makes no passage that long.
        """

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return the vectors of :meth:`encode_questions`, and each question's token vectors.

        The second list is empty if the encoder cannot return token vectors.
        """

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return the vectors of :meth:`encode_passages`, and each passage's token vectors.

        The second list is empty if the encoder cannot return token vectors.
        """

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens in the model's own tokenizer.

        The tokens of the prompt and the special tokens are not counted.
        """
