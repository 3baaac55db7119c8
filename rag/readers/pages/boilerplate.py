"""Cuts what pages put around an article from text that was scraped with all of it.

The rules are for lines that stand by themselves: headings of blocks below an article (other
articles, comments, what is read most), controls, dates, by-lines; and for what no article has: a
line that is repeated, and a teaser that repeats its own title. A heading counts only below an
article, so that text without clutter stays as it is.

``boilerplate_words.toml`` holds the words of these lines.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cache

from rag.readers.pages.by_line import by_line_author
from rag.readers.pages.repeated_lines import line_key
from rag.readers.paragraphs import MIN_ARTICLE, paragraph_width
from rag.text.data_files import toml_data
from rag.text.dates.order import day_first_in
from rag.text.dates.stated import line_date
from rag.text.width import width
from tamngu.records.cut import Cut

_HEAD_LINES = 12
"""Lines at the beginning in which a date and a by-line are looked for. Chosen manually, not
tuned."""

_MAX_SIGNATURE = 24
"""Width of a line under an article that is the name of a person or an agency. Chosen manually, not
tuned."""

_MAX_LINE = 300
"""Characters of a line that can be a control or part of a page's foot. Chosen manually, not tuned:
each pattern for them ends after sixty characters of any kind."""

_MAX_HEADING = 48
"""Characters of a heading with its count."""

_PLAYER_TIME = r"\d{1,2}:\d\d(?::\d\d)?(?:\s*/\s*\d{1,2}:\d\d(?::\d\d)?)?"
_TYPE_SIZE = r"a\s?a|a\s?[+-](?:\s*a\s?[+-])?|字号\s*[:：]?.{0,12}|[大中小]{2,3}"
_COUNT = re.compile(r"\s*[(（]?\d*[)）]?\s*[:：>»›.…]*$")
_SENTENCE_ENDS = (".", "。", "!", "?", "”", '"')


@dataclass(frozen=True)
class PageText:
    """The text of a page, without what the page puts around it.

    Attributes:
        text: the lines of the article.
        cut: all other lines that are not empty, in order.
        published_at: ISO 8601, with the offset where it is stated; None where no line states it.
        authors: those of a by-line at the top; else who signed below, a person or an agency.
    """

    text: str
    cut: tuple[Cut, ...] = ()
    published_at: str | None = None
    authors: tuple[str, ...] = ()


def cut_boilerplate(text: str, repeated: Set[str] = frozenset()) -> PageText:
    r"""Return the article in scraped text; text without clutter stays as it is.

    Args:
        text: what was scraped.
        repeated: lines that other pages of the same source have too, as
            :func:`rag.readers.pages.repeated_lines.line_key` makes them.

    >>> page = cut_boilerplate(
    ...     "20:36 | 25/11/2020 GMT+7\nTitle\n\naa\nThe council met.\n0:00 / 0:00")
    >>> page.text, page.published_at
    ('Title\n\nThe council met.', '2020-11-25T20:36:00+07:00')
    """
    lines = text.split("\n")
    end, reason = _end(lines)
    reasons: dict[int, str] = dict.fromkeys(range(end, len(lines)), reason)
    published_at, authors = None, []
    day_first = day_first_in(None, text)
    # A date that stands in several lines is a heading of the text, as in a list of events.
    counts = Counter(line.strip() for line in lines)
    for i, line in enumerate(lines[:end]):
        words = line.strip()
        if not words:
            continue
        alone = i < _HEAD_LINES and counts[words] == 1
        if alone and (stated := line_date(words, day_first=day_first)):
            published_at = published_at or stated
            reasons[i] = "date"
        elif i < _HEAD_LINES and (author := by_line_author(words)):
            authors.append(author)
            reasons[i] = "by-line"
        elif len(words) <= _MAX_LINE and _words().widget.fullmatch(words):
            reasons[i] = "widget"
    reasons |= _teasers(lines, end) | _said_again(lines, end, reasons)
    reasons |= _repeated(lines, end, repeated)
    if end < len(lines):
        signed = _signed(lines, end, reasons)
        reasons |= signed
        names = [lines[i].strip() for i in sorted(signed)]
        authors = authors or [name for name in names if not _words().not_author.search(name)]
    cut = tuple(
        Cut(line.strip(), reasons[i])
        for i, line in enumerate(lines)
        if i in reasons and line.strip()
    )
    kept = "\n".join(line for i, line in enumerate(lines) if i not in reasons)
    if not cut or not kept.strip():
        return PageText(text, (), published_at, tuple(authors))
    return PageText(re.sub(r"\n{3,}", "\n\n", kept).strip("\n"), cut, published_at, tuple(authors))


@dataclass(frozen=True)
class _Words:
    """The words of ``boilerplate_words.toml``, which describes its tables, as they are looked for.

    Attributes:
        headings: whole lines, without marks and counts at their ends.
        foot: matches a line of the page's foot.
        widget: matches a control of the page.
        not_author: found in a line under an article that names no author.
    """

    headings: frozenset[str]
    foot: re.Pattern[str]
    widget: re.Pattern[str]
    not_author: re.Pattern[str]


@cache
def _words() -> _Words:
    data = toml_data("rag.readers.pages", "boilerplate_words.toml")
    foot, widgets = data["foot"], data["widgets"]
    path_starts, front_page = _any_of(widgets["path_starts"]), _any_of(widgets["front_page"])
    foot_lines = [rf"{_any_of(foot['telephone_labels'])}\s*[:：].{{0,60}}"]
    foot_lines += [
        # Beginnings may be notes on a form, which have an asterisk.
        rf"(?:\*\s*)?{re.escape(beginning)}.{{0,{most}}}"
        for beginning, most in foot["beginnings"].items()
    ]
    controls = [
        _PLAYER_TIME,
        _TYPE_SIZE,
        rf"{path_starts}(?:\s*[>›»/|]\s*|\s+).{{0,60}}|{front_page}",
        rf"{_any_of(widgets['buttons'])}(?:\s*+(?:[|/]\s*+)?\d*+)",
    ]
    return _Words(
        headings=frozenset(heading for some in data["headings_below"].values() for heading in some),
        foot=re.compile("|".join(foot_lines), re.IGNORECASE),
        widget=re.compile("|".join(controls), re.IGNORECASE),
        not_author=re.compile(
            rf"[:：\d@/]|^{_any_of(data['credits']['words'])}\b",
            re.IGNORECASE,
        ),
    )


def _any_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, words))})"


def _end(lines: Sequence[str]) -> tuple[int, str]:
    """Return the line at which an article ends, and the reason; the number of lines if none."""
    so_far = 0
    for i, line in enumerate(lines):
        words = line.strip()
        if so_far >= MIN_ARTICLE:
            if len(words) <= _MAX_LINE and _words().foot.fullmatch(words):
                return i, "page foot"
            if _heading(words) in _words().headings:
                return i, "other stories"
        so_far += paragraph_width(words)
    return len(lines), ""


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


def _said_again(lines: Sequence[str], end: int, cut: dict[int, str]) -> dict[int, str]:
    """Return lines that repeat the line before them, or the first line of the text."""
    found: dict[int, str] = {}
    first = before = ""
    for i, line in enumerate(lines[:end]):
        words = " ".join(line.split())
        if not words or i in cut:
            continue
        if words in (before, first) and width(words) > _MAX_SIGNATURE:
            found[i] = "said twice"
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


def _signed(lines: Sequence[str], end: int, cut: dict[int, str]) -> dict[int, str]:
    """Return the short lines between an article and what follows it: names, agencies, sources."""
    found: dict[int, str] = {}
    for i in range(end - 1, -1, -1):
        words = lines[i].strip()
        if not words or i in cut:
            continue
        if width(words) > _MAX_SIGNATURE or words.endswith(_SENTENCE_ENDS):
            break
        found[i] = "signature"
    return found


def _is_doubled(line: str) -> bool:
    """Tell whether a line is one text twice: that of a teaser's picture and that of its link."""
    half = len(line) // 2
    if width(line) < 2 * _MAX_SIGNATURE:
        return False
    return line[:half].rstrip() == line[-half:].lstrip() and not line[half:-half].strip()


def _next(lines: Sequence[str], place: int, end: int) -> int | None:
    return next((i for i in range(place + 1, end) if lines[i].strip()), None)


def _heading(line: str) -> str:
    return _COUNT.sub("", line).casefold() if len(line) <= _MAX_HEADING else ""
