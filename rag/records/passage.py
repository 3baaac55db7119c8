"""A passage: the unit that is embedded, ranked and cited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from embeddings.calibration.calibration import TOKEN_DIM
from rag.text.minhash import signature
from rag.text.span import Span
from tamngu.records.article import Article

Keys = NDArray[np.int64]
"""Keys of passages in the catalog, shape (n,)."""

Starts = NDArray[np.int64]
"""Where each passage's rows begin, and where the last passage's rows end, shape (n + 1,)."""

CODE_BYTES = TOKEN_DIM // 2
"""Bytes that a stored token takes."""

Codes = NDArray[np.uint8]
"""Stored tokens, shape (n, CODE_BYTES). A byte holds a component of the first half of the
dimensions in its low four bits and one of the second half in its high four, each plus 8."""

NO_CODES: Codes = np.empty((0, CODE_BYTES), dtype=np.uint8)


@dataclass(frozen=True)
class Passage:
    """A contiguous span of one article; its text is always ``article.text[start:end]``.

    Attributes:
        article_id: the id of its article.
        start: the offset of its first character in the article's text.
        end: the offset after its last character.
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
        """Return the passage's name; the same span of an article always has the same name."""
        return f"{self.article_id}:{self.start}-{self.end}"


@dataclass(frozen=True)
class EncodedPassage:
    """A passage with everything that is encoded from it.

    Attributes:
        passage: the passage itself.
        vector: shape (dim,), float32.
        sentence_vectors: shape (sentences, dim), float32.
        tokens: as :func:`rag.index.late_interaction.passage_codes` returns them; empty if the
            encoder gives no tokens.
    """

    passage: Passage
    vector: Vectors
    sentence_vectors: Vectors
    tokens: Codes = field(default_factory=lambda: NO_CODES)


@dataclass(frozen=True)
class EncodedArticle:
    """An article with everything that is stored with it.

    Attributes:
        article: the article itself.
        passages: all of its passages.
        origin: the path of the file that it was read from; None if it was not read from a file.
        signature: as :func:`rag.text.minhash.signature` returns it, uint32.
    """

    article: Article
    passages: Sequence[EncodedPassage]
    origin: str | None = None
    signature: NDArray[np.uint32] | None = None

    def signed(self) -> EncodedArticle:
        """Return it with the signature of its text."""
        if self.signature is not None:
            return self
        return replace(self, signature=signature(self.article.text))


@dataclass(frozen=True)
class StoredPassage:
    """A passage as a catalog holds it.

    Attributes:
        key: its key in the catalog.
        encoded: the passage with its vectors.
        article: its article.
    """

    key: int
    encoded: EncodedPassage
    article: Article

    @property
    def text(self) -> str:
        """Return the passage's text."""
        passage = self.encoded.passage
        return self.article.text[passage.start : passage.end]
