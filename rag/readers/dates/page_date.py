"""When a page was published: what it shows its reader, and what its markup and address state.

Nothing is guessed. A date counts where it stands beside the headline as dates do, or where words
say that it is one of publication; those of comments, of other stories, of copyright and of today,
which many sites show, do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

from rag.readers.dates.markup import markup_dates, path_date
from rag.readers.dates.shown import Shown, beside_headline, called_so, headlines, shown_dates
from rag.readers.dates.shown_lines import Line, shown_lines

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_EDITION = 30
"""Days from which on what a page shows as its last change dates another edition, and not the same
story with more in it. Of 49 English pages 48 are dated as people dated them with 30 to 60, 47 with
7 and with 90, and 40 if what markup says of the publication always came first."""

_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_VIETNAMESE_SHARE = 1 / 50
"""Of a text's characters, from which on it is Vietnamese. Set by hand."""

_TITLES, _LONG = 4, 300
"""Titles that are looked at, and characters of each, whatever a page has."""

_DAY_FIRST = re.compile(r"(?:vi|fr|de|es|it|pt|nl|en-(?:gb|au|nz|ie|in|za|sg))\b", re.IGNORECASE)


def page_date(tree: HtmlElement | None, url: str | None) -> str | None:
    """Return when a page was published, ISO 8601, with time of day and offset where it says.

    Markup and address say when a story first appeared. A date that the page shows beside its
    headline comes before them if it is said to be of publication, or is more than a month later and
    of the last change: then the reader sees another edition, of that date. A page that states no
    date of publication has the one beside its headline, else one that it calls its own elsewhere.

    Args:
        tree: of the page; None where there is nothing in it.
        url: that the page has, if known.
    """
    if tree is None:
        return path_date(url) if url else None
    lines = shown_lines(tree)
    titles = [title[:_LONG] for title in islice(_titles(tree), _TITLES)]
    day_first = _is_day_first(tree, lines)
    published, modified = markup_dates(tree, titles[0] if titles else "", day_first=day_first)
    published = published or next(filter(None, map(path_date, _addresses(tree, url))), None)
    dates = shown_dates(lines, day_first=day_first)
    beside = beside_headline(lines, dates, headlines(lines, titles))
    if beside is None:
        found = published or called_so(lines, dates)
        return _whole(found) if found else None
    return _whole(_decided(beside, published, modified))


def _decided(beside: Shown, published: str | None, modified: str | None) -> str:
    """Return which of the dates beside the headline and in markup is that of the page."""
    if published is None:
        return beside.iso
    later = _day(beside.iso) - _day(published)
    if later == 0:
        return max(published, beside.iso, key=_fullness)
    if beside.called == "published":
        return beside.iso
    of_change = beside.called == "updated" or (
        modified is not None and abs(_day(beside.iso) - _day(modified)) <= 1
    )
    return beside.iso if of_change and later > _EDITION else published


def _titles(tree: HtmlElement) -> Iterator[str]:
    """Yield what the head says that the page is called."""
    for element in tree.iter("meta"):
        if element.get("property") == "og:title" and (title := element.get("content")):
            yield title
    if title := tree.findtext(".//title"):
        yield title


def _addresses(tree: HtmlElement, url: str | None) -> Iterator[str]:
    """Yield the URLs that a page has, and says that it has."""
    if url:
        yield url
    for element in tree.iter("link", "meta"):
        if element.get("rel") == "canonical":
            yield element.get("href") or ""
        elif element.get("property") == "og:url":
            yield element.get("content") or ""


def _is_day_first(tree: HtmlElement, lines: Sequence[Line]) -> bool | None:
    """Tell whether days come before months where a page has but numbers; None if one cannot know.

    What is said to be American English is often not.
    """
    text = "".join(line.text[:200] for line in lines[:100])
    if len(_VIETNAMESE.findall(text)) > _VIETNAMESE_SHARE * len(text):
        return True
    return True if _DAY_FIRST.match((tree.get("lang") or "").replace("_", "-")) else None


def _whole(iso: str) -> str:
    """Return a date without a time to the second of midnight: a program wrote that, for none."""
    return iso[:10] if iso[11:19] == "00:00:00" else iso


def _fullness(iso: str) -> tuple[bool, int]:
    return iso[11:19] not in ("", "00:00:00"), len(iso)


def _day(iso: str) -> int:
    return date.fromisoformat(iso[:10]).toordinal()
