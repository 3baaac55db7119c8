"""How many articles of a collection there are by language, source, tag and date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

import numpy as np

from rag.catalog.facet_table import Codes, FacetTable, Mask
from rag.collection.collection import Collection
from rag.index.held_labels import label_form
from rag.retrieval.conditions import Conditions, in_words_of
from tamngu.records.facets import Facets, FacetValue
from tamngu.records.filter import NO_FILTER, UNDATED, Filter

Unit = Literal["year", "month", "day"]
"""What dates are counted by."""

_CHARACTERS: dict[Unit, int] = {"year": 4, "month": 7, "day": 10}
"""Characters of an ISO date that name the unit."""


def count_facets(
    collection: Collection,
    asked: Filter,
    *,
    tags: Sequence[str] | None = None,
    by: Unit = "month",
    limit: int = 100,
) -> Facets:
    """Count articles by their languages, sources, tags and dates.

    Each is counted under all conditions but those on itself, so that other values can be chosen.

    Args:
        collection: to count in.
        asked: conditions on articles, as a person wrote them.
        tags: the language tags that were given for ``asked.languages``.
        by: what dates are counted by.
        limit: values of each facet at most.
    """
    table = collection.catalog.facets.table()
    if asked == NO_FILTER:
        conditions = Conditions(NO_FILTER)
    else:
        with collection.reading() as snapshot:
            conditions = in_words_of(snapshot, collection.catalog.articles, asked, tags)
    filters = conditions.filters
    everything = table.mask(filters)
    languages = table.mask(replace(filters, languages=None))
    sources = table.mask(replace(filters, sources=None))
    tagged = table.mask(replace(filters, tags=None))
    dated = table.mask(replace(filters, published_from=None, published_to=None))
    by_date, undated = _dates(table, dated, by)
    by_source = _most_first(_sources(table, sources, asked.sources or ()))
    by_tag = _most_first(_tags(table, tagged, asked.tags or ()))
    newest = sorted(by_date.items())[-limit:]
    return Facets(
        articles=int(table.articles[everything].sum()),
        languages=_most_first(_counts(table, table.language, table.languages, languages)),
        sources=by_source[:limit],
        tags=by_tag[:limit],
        dates=tuple(FacetValue(*pair) for pair in newest),
        undated=undated,
        more_sources=max(0, len(by_source) - limit),
        more_tags=max(0, len(by_tag) - limit),
        more_dates=max(0, len(by_date) - limit),
        notice=conditions.notice,
        notices=conditions.notices,
    )


def _counts(
    table: FacetTable, codes: Codes, values: Sequence[str], mask: Mask
) -> Mapping[str, int]:
    """Return how many articles have each value; without those that no article has."""
    mask = mask & (codes >= 0)
    found = np.bincount(codes[mask], table.articles[mask], len(values)).astype(int).tolist()
    return {value: count for value, count in zip(values, found, strict=True) if count}


def _sources(table: FacetTable, mask: Mask, asked: Iterable[str]) -> Mapping[str, int]:
    written = _counts(table, table.source, table.sources, mask)
    chosen = [name for name in asked if name in table.sources]
    return _by_name(written, [((source,), count) for source, count in written.items()], chosen)


def _tags(table: FacetTable, mask: Mask, asked: Iterable[str]) -> Mapping[str, int]:
    sets = np.bincount(table.tags[mask], table.articles[mask], len(table.tag_sets))
    counted = [
        pair for pair in zip(table.tag_sets, sets.astype(int).tolist(), strict=True) if pair[1]
    ]
    written: Counter[str] = Counter()
    for tags, count in counted:
        written.update(dict.fromkeys(tags, count))
    chosen = [name for name in asked if any(name in tags for tags in table.tag_sets)]
    return _by_name(written, counted, chosen)


def _by_name(
    written: Mapping[str, int],
    counted: Sequence[tuple[Sequence[str], int]],
    chosen: Iterable[str],
) -> Mapping[str, int]:
    """Return how many articles have each name, in the form in which most of them write it.

    A condition means all forms of a name, so it is one value.

    Args:
        written: how many articles have each name as it is written.
        counted: names that articles have together, and how many articles have them.
        chosen: names of conditions that articles have, which keep their form.
    """
    shown = {label_form(name): name for name in sorted(chosen)}
    for name in sorted(written, key=lambda name: (-written[name], name)):
        shown.setdefault(label_form(name), name)
    counts: Counter[str] = Counter()
    for names, count in counted:
        counts.update(dict.fromkeys({shown[label_form(name)] for name in names}, count))
    return counts


def _dates(table: FacetTable, mask: Mask, by: Unit) -> tuple[Mapping[str, int], int]:
    """Return how many articles each year, month or day has, and how many have no date."""
    days, places = np.unique(table.day[mask], return_inverse=True)
    found = np.bincount(places, table.articles[mask], len(days)).astype(int).tolist()
    counts: Counter[str] = Counter()
    undated = 0
    for day, count in zip(days.tolist(), found, strict=True):
        if day == UNDATED:
            undated = count
        else:
            counts[date.fromordinal(day).isoformat()[: _CHARACTERS[by]]] += count
    return counts, undated


def _most_first(counts: Mapping[str, int]) -> tuple[FacetValue, ...]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(FacetValue(*pair) for pair in ordered)
