"""What narrows a search: conditions on the articles that passages are from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.article import Article

UNDATED = np.iinfo(np.int32).min
"""The day of an article whose date is not known; no range of dates holds it."""

Columns = NDArray[np.int32]
"""What filters look at, a row a passage, shape (n, 3): codes of source and tags, and the day."""

Mask = NDArray[np.bool_]
Label = TypeVar("Label")


@dataclass(frozen=True)
class Filter:
    """Conditions that all have to hold; one that is None is none.

    Attributes:
        languages: the article's language is one of these codes.
        sources: its source is one of these.
        tags: it has at least one of these.
        published_from: it was published on this day or later, by the date that it states.
        published_to: it was published on this day or earlier.
        article_ids: its id is one of these.
    """

    languages: Sequence[str] | None = None
    sources: Sequence[str] | None = None
    tags: Sequence[str] | None = None
    published_from: date | None = None
    published_to: date | None = None
    article_ids: Sequence[str] | None = None

    @property
    def reads_columns(self) -> bool:
        """Whether a condition on :data:`Columns` is set."""
        conditions = (self.sources, self.tags, self.published_from, self.published_to)
        return any(condition is not None for condition in conditions)

    def takes(self, *, language: str, source: str | None, tags: Sequence[str], day: int) -> bool:
        """Tell whether an article meets all conditions but that on its id.

        Args:
            language: the article's.
            source: the article's.
            tags: the article's.
            day: of :func:`day_of`.
        """
        if self.languages is not None and language not in self.languages:
            return False
        if self.sources is not None and source not in self.sources:
            return False
        if self.tags is not None and not set(self.tags) & set(tags):
            return False
        if self.published_from is not None and day < self.published_from.toordinal():
            return False
        return self.published_to is None or UNDATED != day <= self.published_to.toordinal()


NO_FILTER = Filter()


class Labels:
    """Sources and sets of tags, under the codes that columns hold. Only ever grows."""

    def __init__(self, sources: Sequence[str] = (), tag_sets: Sequence[Sequence[str]] = ()) -> None:
        """Start with what codes 1, 2, ... stand for; 0 is none."""
        self.sources = list(sources)
        self.tag_sets = [tuple(tags) for tags in tag_sets]
        self._source_codes = {name: code for code, name in enumerate(self.sources, start=1)}
        self._tag_codes = {tags: code for code, tags in enumerate(self.tag_sets, start=1)}

    def row(self, article: Article) -> tuple[int, int, int]:
        """Return the columns of an article's passages."""
        source = _code(self.sources, self._source_codes, article.source)
        tags = _code(self.tag_sets, self._tag_codes, article.tags or None)
        return source, tags, day_of(article.published_at)

    def mask(self, columns: Columns, chosen: Filter) -> Mask:
        """Return which rows meet the filter's conditions on columns, shape (n,)."""
        mask = np.ones(len(columns), dtype=bool)
        if chosen.sources is not None:
            codes = [self._source_codes.get(name, -1) for name in chosen.sources]
            mask &= np.isin(columns[:, 0], codes)
        if chosen.tags is not None:
            wanted = set(chosen.tags)
            codes = [
                code for tags, code in list(self._tag_codes.items()) if wanted.intersection(tags)
            ]
            mask &= np.isin(columns[:, 1], codes)
        days = columns[:, 2]
        if chosen.published_from is not None:
            mask &= days >= chosen.published_from.toordinal()
        if chosen.published_to is not None:
            mask &= (days <= chosen.published_to.toordinal()) & (days != UNDATED)
        return mask


def _code(known: list[Label], codes: dict[Label, int], value: Label | None) -> int:
    if value is None:
        return 0
    if value not in codes:
        known.append(value)
        codes[value] = len(known)
    return codes[value]


def day_of(published_at: str | None) -> int:
    """Return the ordinal of the day that an ISO date or date and time states."""
    if published_at is None:
        return UNDATED
    return datetime.fromisoformat(published_at).toordinal()
