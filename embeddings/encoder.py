"""The seam between text and vectors: what every encoder offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from embeddings.fingerprint import Fingerprint

Vectors: TypeAlias = NDArray[np.float32]
"""L2-normalised rows, shape (n, dim), float32."""

Progress: TypeAlias = Callable[[int], object]
"""Called with the number of texts finished since the last call."""


@dataclass(frozen=True)
class TokenVectors:
    """The last layer's vectors of a text's own tokens, without prompt and special tokens.

    Attributes:
        ids: of the tokens in the model's vocabulary, shape (n,), int32.
        vectors: as the model gives them, not normalised, shape (n, dim), float32.
    """

    ids: NDArray[np.int32]
    vectors: NDArray[np.float32]


class Encoder(Protocol):
    """Turns questions and passages into L2-normalised vectors; safe to call from many threads."""

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model; stored with every collection."""

    @property
    def max_passage_tokens(self) -> int:
        """Tokens of passage text that fit; prompt and special tokens are already taken off."""

    @property
    def max_question_tokens(self) -> int:
        """Tokens of question text that fit; prompt and special tokens are already taken off."""

    @property
    def truncated(self) -> int:
        """Texts whose end was not encoded, since the model was loaded; 0 unless told to cut."""

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a question, shape (len(texts), dim), in the order given."""

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a passage, shape (len(texts), dim), in the order given.

        Texts over ``max_passage_tokens`` are windowed, cut or refused, as
        :class:`embeddings.EncoderOptions` says; chunking sees to it that passages never are.
        """

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return what :meth:`encode_questions` does, and each question's tokens.

        No tokens at all come from an encoder that cannot give them.
        """

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return what :meth:`encode_passages` does, and each passage's tokens, likewise."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of the model's own tokens in each text, without prompt or specials."""
