"""Cuts what pages put around an article from text that was scraped with all of it.

The rules are for lines that stand by themselves: headings of blocks below an article (other
articles, comments, what is read most), controls, dates, by-lines, sources, editors, notices about
rights, invitations; and for what no article has: a line that is repeated, and a teaser that repeats
its own title. What stands below articles counts only there, so that text without clutter stays as
it is.

:mod:`rag.readers.pages.line_forms` has the forms of these lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.readers.pages.article_end import article_end
from rag.readers.pages.below_article import (
    MAX_SIGNATURE,
    labelled_source,
    last_signature,
    lines_below,
    signatures,
)
from rag.readers.pages.line_forms import (
    MAX_LINE,
    ends_sentence,
    is_promotion,
    is_teaser,
    line_forms,
)
from rag.readers.pages.repeated_lines import line_key
from rag.readers.pages.stated.article import stated
from rag.readers.pages.stated.by_line import is_person
from rag.readers.pages.stated.meta_line import MetaLine, is_source_label, meta_line
from rag.readers.pages.stated.publishers import is_place, is_publisher
from rag.readers.pages.stated.site_in_title import SplitTitle, split_title
from rag.readers.paragraphs import MIN_ARTICLE, paragraph_width
from rag.text.dates.order import day_first_in
from rag.text.width import width
from tamngu.records.cut import Cut

_ABOUT_ARTICLE = frozenset({"signature", "by-line", "source", "date", "editors", "widget"})
"""Reasons of lines among which those who signed an article are named."""

_HEAD_LINES = 12
"""Lines at the beginning in which a date and a by-line are looked for. Chosen manually, not
tuned."""


@dataclass(frozen=True)
class PageText:
    """The text of a page, without what the page puts around it.

    Attributes:
        text: the lines of the article.
        cut: all other lines that are not empty, in order.
        published_at: ISO 8601, with the offset where it is stated; None where no line states it.
        authors: those of a by-line at the top; else who signed below, a person or an agency.
        source: who published the article, as its lines state; None where none does.
    """

    text: str
    cut: tuple[Cut, ...] = ()
    published_at: str | None = None
    authors: tuple[str, ...] = ()
    source: str | None = None


def cut_boilerplate(
    text: str,
    repeated: Set[str] = frozenset(),
    linked: Set[str] = frozenset(),
    headline: str | None = None,
) -> PageText:
    r"""Return the article in scraped text; text without clutter stays as it is.

    Args:
        text: what was scraped.
        repeated: lines that other pages of the same source have too, as
            :func:`rag.readers.pages.repeated_lines.line_key` makes them.
        linked: lines that the markup of the page shows to be about other pages, as that function
            makes them.
        headline: of the article, where it is known: short lines above it are no part of it.

    >>> page = cut_boilerplate(
    ...     "20:36 | 25/11/2020 GMT+7\nTitle\n\naa\nThe council met.\n0:00 / 0:00")
    >>> page.text, page.published_at
    ('Title\n\nThe council met.', '2020-11-25T20:36:00+07:00')
    """
    lines = text.split("\n")
    end, reasons = article_end(lines)
    head = _head(lines, end)
    reasons |= {i: meta.reason for i, meta in head.items()}
    reasons |= _above_headline(lines, end, reasons, headline)
    reasons |= _controls(lines, end, reasons)
    reasons |= _teasers(lines, end) | _said_again(lines, end, reasons)
    reasons |= _repeated(lines, end, repeated) | _linked(lines, end, linked)
    foot, said = lines_below(lines, end, reasons)
    reasons |= foot
    is_followed = end < len(lines) or bool(foot)
    reasons |= (signatures if is_followed else last_signature)(lines, end, reasons)
    found = stated(lines, reasons, [*head.values(), *said], end)
    if not found.authors:
        found = replace(found, authors=tuple(_signed(lines, end, reasons)))
    cut = tuple(
        Cut(line.strip(), reasons[i])
        for i, line in enumerate(lines)
        if i in reasons and line.strip()
    )
    kept = "\n".join(line for i, line in enumerate(lines) if i not in reasons)
    if not cut or not kept.strip():
        return PageText(text, (), found.published_at, found.authors, found.source)
    kept = re.sub(r"\n{3,}", "\n\n", kept).strip("\n")
    return PageText(kept, cut, found.published_at, found.authors, found.source)


def _head(lines: Sequence[str], end: int) -> dict[int, MetaLine]:
    """Return the lines at the beginning that state date, author or source."""
    # A date that stands in several lines is a heading of the text, as in a list of events.
    counts = Counter(line.strip() for line in lines)
    day_first = day_first_in(None, "\n".join(lines))
    found: dict[int, MetaLine] = {}
    so_far = 0
    for i, line in enumerate(lines[: min(end, _HEAD_LINES)]):
        words = line.strip()
        so_far += paragraph_width(words)
        if not words or i in found:
            continue
        meta = meta_line(words, day_first=day_first)
        if meta and meta.reason == "source" and so_far >= MIN_ARTICLE:
            # It is below a short article.
            continue
        if meta and (counts[words] == 1 or meta.reason != "date"):
            found[i] = meta
        elif is_source_label(words) and so_far < MIN_ARTICLE:
            found |= labelled_source(lines, i, end)
    return found


def _above_headline(
    lines: Sequence[str], end: int, cut: Mapping[int, str], headline: str | None
) -> dict[int, str]:
    """Return the lines above the headline: names of sections and of the site, controls, labels.

    Where the headline is not known, these are only lines that name a section or a page's control.
    """
    found: dict[int, str] = {}
    seen = [i for i in range(min(end, _HEAD_LINES)) if lines[i].strip()]
    if not headline and seen:
        headline = title_of(lines).headline
    for i in seen:
        words = " ".join(lines[i].split())
        if i > seen[0] and words == headline:
            return dict.fromkeys((each for each in found if each not in cut), "above the headline")
        if paragraph_width(words) and ends_sentence(words):
            break
        found[i] = "above the headline"
    sections: dict[int, str] = {}
    for i, below in pairwise([*seen, end]):
        if i in cut:
            continue
        is_titled = below < end and not ends_sentence(lines[below].strip())
        if not is_titled or not line_forms().section.fullmatch(lines[i].strip()):
            return sections
        sections[i] = "above the headline"
    return {}


def title_of(lines: Sequence[str]) -> SplitTitle:
    """Return the title that the first line of scraped text is, and the site that it names.

    Args:
        lines: of the text. One of the next lines may be the headline by itself.
    """
    some = [line.strip() for line in lines[: 2 * _HEAD_LINES] if line.strip()][: 1 + _HEAD_LINES]
    return split_title(some[0], headings=some[1:]) if some else SplitTitle("")


def _controls(lines: Sequence[str], end: int, cut: Mapping[int, str]) -> dict[int, str]:
    """Return the controls, invitations and pointers to other articles, wherever they stand."""
    found: dict[int, str] = {}
    first = next((i for i in range(end) if lines[i].strip() and i not in cut), 0)
    for i, line in enumerate(lines[:end]):
        words = line.strip()
        if not words or i in cut or len(words) > MAX_LINE:
            continue
        if line_forms().widget.fullmatch(words):
            found[i] = "widget"
        elif i == first or ends_sentence(words):
            continue
        elif is_teaser(words):
            found[i] = "other stories"
        elif is_promotion(words):
            found[i] = "promotion"
    return found


def _teasers(lines: Sequence[str], end: int) -> dict[int, str]:
    """Return lines that have the same words twice, and the shortened summaries under them."""
    found: dict[int, str] = {}
    for i, line in enumerate(lines[:end]):
        if not _is_doubled(line.strip()):
            continue
        found[i] = "teaser"
        below = _next(lines, i, end)
        if below is not None and lines[below].rstrip().endswith(("...", "…")):
            found[below] = "teaser"
    return found


def _said_again(lines: Sequence[str], end: int, cut: Mapping[int, str]) -> dict[int, str]:
    """Return lines that repeat the line before them, or the first line of the text."""
    found: dict[int, str] = {}
    first = before = ""
    place, headline = 0, ""
    for i, line in enumerate(lines[:end]):
        words = " ".join(line.split())
        if not words or i in cut:
            continue
        if words in (before, first) and width(words) > MAX_SIGNATURE:
            found[i] = "said twice"
        elif words == headline and i < _HEAD_LINES:
            # The first line was the title of the page, with the name of the site.
            found[place] = "said twice"
        if not first:
            place, headline = i, title_of(lines[i:]).headline
        first, before = first or words, words
    return found


def _repeated(lines: Sequence[str], end: int, repeated: Set[str]) -> dict[int, str]:
    """Return lines that other pages of the source have too and that are not part of the article.

    Before the first paragraph and after the last one this is any such line. Between them it is only
    a paragraph, because articles of one kind share headings. If no paragraph would be left, nothing
    is returned.
    """
    if not repeated:
        return {}
    common = {i for i in range(end) if line_key(lines[i]) in repeated}
    paragraphs = {i for i in range(end) if paragraph_width(lines[i].strip())}
    own = paragraphs - common
    if not own:
        return {}
    first, last = min(own), max(own)
    found = {i for i in common if i in paragraphs or not first < i < last}
    return dict.fromkeys(found, "on other pages too")


def _linked(lines: Sequence[str], end: int, linked: Set[str]) -> dict[int, str]:
    """Return lines that are about other pages; none if no paragraph would be left."""
    found = {i for i in range(end) if line_key(lines[i]) in linked} if linked else set()
    own = {i for i in range(end) if paragraph_width(lines[i].strip())} - found
    return dict.fromkeys(found, "other stories") if own else {}


def _signed(lines: Sequence[str], end: int, reasons: Mapping[int, str]) -> Iterator[str]:
    """Yield who signed an article: the names right below it, above its tags and the page's foot."""
    last = max((i for i in range(end) if lines[i].strip() and i not in reasons), default=end)
    for i in range(last + 1, end):
        words = lines[i].strip()
        if not words:
            continue
        if reasons[i] not in _ABOUT_ARTICLE or words.endswith((":", "：")):
            return
        if _is_author(words):
            yield words
        elif reasons[i] == "signature":
            # Below the names are tags.
            return


def _is_author(name: str) -> bool:
    """Tell whether a line under an article names who wrote it."""
    if line_forms().not_author.search(name) or is_place(name):
        return False
    return is_person(name) or is_publisher(name)


def _is_doubled(line: str) -> bool:
    """Tell whether a line is one text twice: that of a teaser's picture and that of its link."""
    half = len(line) // 2
    if width(line) < 2 * MAX_SIGNATURE:
        return False
    return line[:half].rstrip() == line[-half:].lstrip() and not line[half:-half].strip()


def _next(lines: Sequence[str], place: int, end: int) -> int | None:
    return next((i for i in range(place + 1, end) if lines[i].strip()), None)
