"""Sources, tags and days of passages as numbers, so that a filter compares arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tamngu.records.article import Article
from tamngu.records.filter import UNDATED, Filter, day_of

Columns = NDArray[np.int32]
"""One row per passage, shape (n, 3): the code of its source, the code of its tags, its day."""

Mask = NDArray[np.bool_]
"""Which rows are meant, shape (n,)."""

Label = TypeVar("Label")


class Labels:
    """Sources and sets of tags under the codes that columns hold; none is ever removed."""

    def __init__(self, sources: Sequence[str] = (), tag_sets: Sequence[Sequence[str]] = ()) -> None:
        """Start with the sources and sets of tags of the codes 1, 2, ...; code 0 means none."""
        self.sources = list(sources)
        self.tag_sets = [tuple(tags) for tags in tag_sets]
        self._source_codes = {name: code for code, name in enumerate(self.sources, start=1)}
        self._tag_codes = {tags: code for code, tags in enumerate(self.tag_sets, start=1)}

    def row(self, article: Article) -> tuple[int, int, int]:
        """Return the columns of an article's passages."""
        source = _code(self.sources, self._source_codes, article.source)
        tags = _code(self.tag_sets, self._tag_codes, article.tags or None)
        return source, tags, day_of(article.published_at)

    def mask(self, columns: Columns, filters: Filter) -> Mask:
        """Return which rows meet the conditions on sources, tags and days, shape (n,)."""
        mask = np.ones(len(columns), dtype=bool)
        if filters.sources is not None:
            codes = [self._source_codes.get(name, -1) for name in filters.sources]
            mask &= np.isin(columns[:, 0], codes)
        if filters.tags is not None:
            wanted = set(filters.tags)
            codes = [
                code for tags, code in list(self._tag_codes.items()) if wanted.intersection(tags)
            ]
            mask &= np.isin(columns[:, 1], codes)
        days = columns[:, 2]
        if filters.published_from is not None:
            mask &= days >= filters.published_from.toordinal()
        if filters.published_to is not None:
            mask &= (days <= filters.published_to.toordinal()) & (days != UNDATED)
        return mask


def _code(known: list[Label], codes: dict[Label, int], value: Label | None) -> int:
    if value is None:
        return 0
    if value not in codes:
        known.append(value)
        codes[value] = len(known)
    return codes[value]
