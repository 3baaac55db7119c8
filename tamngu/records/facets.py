"""How many articles there are by language, source, tag and date."""

from __future__ import annotations

from dataclasses import dataclass

from tamngu.records.notice import Notice


@dataclass(frozen=True)
class FacetValue:
    """A value, and how many articles have it."""

    value: str
    articles: int


@dataclass(frozen=True)
class Facets:
    """What a collection, or a part of it, can be narrowed by.

    Each list is counted under the conditions on everything but itself.

    Attributes:
        articles: how many meet all conditions.
        languages: codes, with the script of Chinese (``zh-Hant``), most articles first.
        sources: most articles first.
        tags: most articles first; an article may have several.
        dates: years, months or days of publication, in their order; if there are too many, the
            last ones.
        undated: articles without a date.
        more_sources: sources that are left out.
        more_tags: tags that are left out.
        more_dates: years, months or days that are left out.
        notice: what is said of conditions that name what the collection does not have.
        notices: the same for other languages.
    """

    articles: int
    languages: tuple[FacetValue, ...]
    sources: tuple[FacetValue, ...]
    tags: tuple[FacetValue, ...]
    dates: tuple[FacetValue, ...]
    undated: int
    more_sources: int = 0
    more_tags: int = 0
    more_dates: int = 0
    notice: str | None = None
    notices: tuple[Notice, ...] = ()
