"""A passage: the unit that is embedded, ranked and cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from embeddings.calibration.calibration import TOKEN_DIM
from rag.text.span import Span
from tamngu.records.article import Article

Keys = NDArray[np.int64]
"""Keys of passages in the catalog, shape (n,)."""

CODE_BYTES = TOKEN_DIM // 2
"""Of a token."""

Codes = NDArray[np.uint8]
"""Stored tokens, shape (n, CODE_BYTES). A byte holds a component of the first half of the
dimensions in its low four bits and one of the second half in its high four, each plus 8."""

NO_CODES: Codes = np.empty((0, CODE_BYTES), dtype=np.uint8)


@dataclass(frozen=True)
class Passage:
    """A contiguous span of one article; ``article.text[start:end]`` is its text, always.

    Attributes:
        article_id: the article it belongs to.
        start: first character in the article's text.
        end: one past its last character.
        language: the article's language.
        sentences: its sentences, in order, as offsets into the article's text.
    """

    article_id: str
    start: int
    end: int
    language: str
    sentences: tuple[Span, ...]

    @property
    def id(self) -> str:
        """Return the passage's name: the same text at the same place keeps it over rebuilds."""
        return f"{self.article_id}:{self.start}-{self.end}"


@dataclass(frozen=True)
class EncodedPassage:
    """A passage with all that is encoded of it.

    Attributes:
        passage: itself.
        vector: shape (dim,).
        sentence_vectors: shape (sentences, dim).
        tokens: of :func:`rag.index.late_interaction.passage_codes`; none where the encoder gives
        none.
    """

    passage: Passage
    vector: Vectors
    sentence_vectors: Vectors
    tokens: Codes = field(default_factory=lambda: NO_CODES)


@dataclass(frozen=True)
class EncodedArticle:
    """An article with all that is stored of it.

    Attributes:
        article: itself.
        passages: all of its passages.
        origin: the path of the file it was read from, where it was.
        signature: of :func:`rag.text.minhash.signature`, uint32.
    """

    article: Article
    passages: Sequence[EncodedPassage]
    origin: str | None = None
    signature: NDArray[np.uint32] | None = None
