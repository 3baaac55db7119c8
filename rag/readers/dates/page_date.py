"""The date of publication of a page, from what it shows and from its markup and URL.

Nothing is guessed. A date counts if it stands by itself beside the headline, or if the page calls
it the date of publication. Dates of comments, of other articles and of copyright do not count, and
the current date, which many sites show, does not count either.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from rag.readers.dates.markup import markup_dates, path_date
from rag.readers.dates.shown import (
    ShownDate,
    beside_headline,
    headlines,
    labelled_date,
    shown_dates,
)
from rag.readers.dates.shown_lines import shown_lines
from rag.text.dates.order import day_first_in, is_chinese

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NEW_EDITION = 30
"""Days after publication from which on the last change that a page shows is a new edition, and not
an addition to the same article. Of 49 English pages, 48 have the date that people gave them with 30
to 60 days, 47 with 7 or 90 days, and 40 if the markup's date of publication always comes first."""

_MAX_TITLES, _MAX_TITLE = 4, 300
"""Titles of a page that are looked at, and characters of each."""

_MAX_LINES = 5000
"""Lines of a page that are looked at. Chosen manually, not tuned: an article has a few hundred."""


def page_date(tree: HtmlElement | None, url: str | None) -> str | None:
    """Return when a page was published, ISO 8601, with time of day and offset if it states them.

    Markup and URL state when an article first appeared. The date beside the headline is returned
    instead if the page calls it the date of publication, or if it is the date of the last change
    and more than a month later: then the page is a new edition. A page whose markup and URL state
    no date has the date beside its headline, or else a date that it calls its date of publication
    elsewhere.

    Args:
        tree: of the page; None if the page is empty.
        url: of the page, if known.
    """
    if tree is None:
        return path_date(url) if url else None
    lines = shown_lines(tree)[:_MAX_LINES]
    titles = [title[:_MAX_TITLE] for title in islice(_titles(tree), _MAX_TITLES)]
    sample = "".join(line.text[:200] for line in lines[:100])
    day_first, chinese = _is_day_first(tree, sample), is_chinese(sample)
    published, modified = markup_dates(
        tree, titles[0] if titles else "", day_first=day_first, chinese=chinese
    )
    published = published or next(filter(None, map(path_date, _addresses(tree, url))), None)
    dates = shown_dates(lines, day_first=day_first, chinese=chinese)
    beside = beside_headline(lines, dates, headlines(lines, titles))
    if beside is None:
        found = published or labelled_date(lines, dates)
        return _whole(found) if found else None
    return _whole(_decided(beside, published, modified))


def _decided(beside: ShownDate, published: str | None, modified: str | None) -> str:
    """Return the date of the page: the one beside the headline, or the one in its markup."""
    if published is None:
        return beside.iso
    later = _day(beside.iso) - _day(published)
    if later == 0:
        return max(published, beside.iso, key=_fullness)
    if beside.label == "published":
        return beside.iso
    of_change = beside.label == "updated" or (
        modified is not None and abs(_day(beside.iso) - _day(modified)) <= 1
    )
    return beside.iso if of_change and later > _NEW_EDITION else published


def _titles(tree: HtmlElement) -> Iterator[str]:
    """Yield the titles that the head of a page states."""
    for element in tree.iter("meta"):
        if element.get("property") == "og:title" and (title := element.get("content")):
            yield title
    if title := tree.findtext(".//title"):
        yield title


def _addresses(tree: HtmlElement, url: str | None) -> Iterator[str]:
    """Yield the URL of a page, and the URLs that it states as its own."""
    if url:
        yield url
    for element in tree.iter("link", "meta"):
        if element.get("rel") == "canonical":
            yield element.get("href") or ""
        elif element.get("property") == "og:url":
            yield element.get("content") or ""


def _is_day_first(tree: HtmlElement, sample: str) -> bool | None:
    """Tell whether days stand before months in dates of numbers; None if that is not known.

    A page that states American English as its language is often in another English.
    """
    return day_first_in(tree.get("lang"), sample) or None


def _whole(iso: str) -> str:
    """Return a date without the time 00:00:00, which programs write if there is no time."""
    return iso[:10] if iso[11:19] == "00:00:00" else iso


def _fullness(iso: str) -> tuple[bool, int]:
    return iso[11:19] not in ("", "00:00:00"), len(iso)


def _day(iso: str) -> int:
    return date.fromisoformat(iso[:10]).toordinal()
