"""The seam to what finds passages by vectors and words on a cluster; Milvus is behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from embeddings import Vectors
from rag.errors import ClusterUnavailable
from rag.index.vector_index import Matches
from rag.records.passage import Keys


class CollectionLost(ClusterUnavailable):
    """The store does not hold the collection; it has to be filled again from the catalog."""


@dataclass(frozen=True)
class IndexedPassage:
    """What is told of one passage.

    Attributes:
        key: the passage's.
        language: its code.
        source: the code of its article's source; 0 for none.
        tags: the codes of its article's tags.
        day: see :func:`tamngu.records.filter.day_of`.
        vector: a unit vector, shape (dim,), float32.
        words: what each of its terms counts, by the term's number.
    """

    key: int
    language: str
    source: int
    tags: Sequence[int]
    day: int
    vector: Vectors
    words: Mapping[int, float]


@dataclass(frozen=True)
class Condition:
    """What a passage has to meet to be found.

    Attributes:
        language: its language.
        sources: its source is one of these codes; None for no condition.
        tags: it has one of these codes; None for no condition.
        first_day: it was published on this day or later; None for no condition.
        last_day: it was published on this day or earlier; None for no condition.
        keys: its key is one of these; None for no condition.
        without: keys of passages that are left out.
    """

    language: str
    sources: Sequence[int] | None = None
    tags: Sequence[int] | None = None
    first_day: int | None = None
    last_day: int | None = None
    keys: Sequence[int] | None = None
    without: Sequence[int] = ()

    @property
    def is_filter(self) -> bool:
        """Whether it asks for more than a language."""
        return self != Condition(self.language, without=self.without)


class VectorStore(Protocol):
    """Holds the passages of one catalog; it may lose them, as they are derived from the catalog.

    A write is repeated after a failure, so each has to be harmless the second time. What was
    written may be found some seconds later.
    """

    @property
    def has_words(self) -> bool:
        """Whether it finds passages by words."""

    def exists(self) -> bool:
        """Return whether it holds, or has held, anything of this catalog."""

    def create(self, passages: int) -> None:
        """Begin empty.

        Args:
            passages: about how many will come.
        """

    def upsert(self, passages: Sequence[IndexedPassage]) -> None:
        """Hold passages; one that is held already is replaced."""

    def delete(self, keys: Sequence[int]) -> None:
        """Forget passages, if they are held."""

    def search(self, vectors: Vectors, top_k: int, condition: Condition) -> Matches:
        """Return the passages whose vectors have the largest inner products, best first.

        Args:
            vectors: unit vectors, shape (n, dim).
            top_k: passages for each of them, at most.
            condition: that they meet.
        """

    def match_words(self, words: Mapping[int, float], top_k: int, condition: Condition) -> Keys:
        """Return the keys of the passages whose words have the largest inner product, best first.

        Args:
            words: what each term of the question counts, by its number.
            top_k: passages, at most.
            condition: that they meet.
        """

    def count(self) -> int:
        """Return how many passages are held."""

    def keys(self) -> Iterator[Keys]:
        """Yield the keys of all passages that are held, some at a time."""

    def drop(self) -> None:
        """Forget everything."""

    def close(self) -> None:
        """Close the connection."""
