"""What the articles of a catalog can be counted by: language, source, tags and day."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.catalog.database import Database
from rag.catalog.settings import CatalogState, Settings
from tamngu.records.filter import Filter, day_of

Codes = NDArray[np.int32]
"""A value of each row, as its place in a list of values, shape (n,)."""

Mask = NDArray[np.bool_]

_ROWS_AT_A_TIME = 5000

_ALIKE = (
    "SELECT language, script, source, tags, published_at, count(*) FROM articles"
    " GROUP BY 1, 2, 3, 4, 5"
)
"""The groups of articles that are alike; SQLite reads nothing but an index for it."""


@dataclass(frozen=True)
class FacetTable:
    """The articles of one state of a catalog, a row for all that are alike.

    Attributes:
        languages: codes of languages, with the script of Chinese: ``zh-Hant``.
        sources: who published articles.
        tag_sets: the tags that articles have together.
        language: of each row, in ``languages``.
        source: of each row, in ``sources``; -1: none.
        tags: of each row, in ``tag_sets``.
        day: of each row, as :func:`tamngu.records.filter.day_of` returns it, shape (n,).
        articles: how many are alike, shape (n,).
    """

    languages: tuple[str, ...]
    sources: tuple[str, ...]
    tag_sets: tuple[tuple[str, ...], ...]
    language: Codes
    source: Codes
    tags: Codes
    day: Codes
    articles: NDArray[np.int64]

    def mask(self, filters: Filter) -> Mask:
        """Return which rows meet the conditions on language, source, tags and days."""
        mask = np.ones(len(self.articles), dtype=bool)
        if filters.languages is not None:
            wanted = [code.partition("-")[0] in filters.languages for code in self.languages]
            mask &= np.array([*wanted, False])[self.language]
        if filters.sources is not None:
            wanted = [source in filters.sources for source in self.sources]
            mask &= np.array([*wanted, False])[self.source]
        if filters.tags is not None:
            asked = set(filters.tags)
            wanted = [not asked.isdisjoint(tags) for tags in self.tag_sets]
            mask &= np.array([*wanted, False])[self.tags]
        dated = day_of(None) != self.day
        if filters.published_from is not None:
            mask &= dated & (self.day >= filters.published_from.toordinal())
        if filters.published_to is not None:
            mask &= dated & (self.day <= filters.published_to.toordinal())
        return mask


class FacetTables:
    """Makes the table of a catalog's present state; the last one is kept."""

    def __init__(self, connections: Database, settings: Settings) -> None:
        """Read from a catalog's connections."""
        self._connections = connections
        self._settings = settings
        self._lock = threading.Lock()
        self._last: tuple[CatalogState, FacetTable] | None = None

    def table(self) -> FacetTable:
        """Return the table of the catalog's present state."""
        with self._connections.reading():
            state = self._settings.state()
            with self._lock:
                if self._last is None or self._last[0] != state:
                    self._last = (state, self._read())
                return self._last[1]

    def _read(self) -> FacetTable:
        languages: dict[str, int] = {}
        sources: dict[str, int] = {}
        tag_sets: dict[str, int] = {}
        rows: list[tuple[int, int, int, int, int]] = []
        for some in self._connections.stream(_ALIKE, (), _ROWS_AT_A_TIME):
            for code, script, source, tags, published_at, articles in some:
                language = f"{code}-{script}" if script else code
                rows.append(
                    (
                        languages.setdefault(language, len(languages)),
                        -1 if source is None else sources.setdefault(source, len(sources)),
                        tag_sets.setdefault(tags, len(tag_sets)),
                        day_of(published_at),
                        articles,
                    )
                )
        with self._connections.parsing():
            columns = np.array(rows, dtype=np.int64).reshape(-1, 5).T
            language_of, source_of, tags_of, day = columns[:4].astype(np.int32)
            return FacetTable(
                tuple(languages),
                tuple(sources),
                tuple(tuple(json.loads(tags)) for tags in tag_sets),
                language_of,
                source_of,
                tags_of,
                day,
                columns[4],
            )
