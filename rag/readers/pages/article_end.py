"""Where an article ends in scraped text, and which blocks within it are about other articles."""

from __future__ import annotations

from collections.abc import Sequence

from rag.readers.pages.line_forms import (
    ends_sentence,
    heading_key,
    is_foot,
    is_notice,
    is_promotion,
    line_forms,
)
from rag.readers.pages.stated.meta_line import meta_line
from rag.readers.paragraphs import MIN_ARTICLE, paragraph_width

_MAX_BLOCK = 6
"""Lines of a block about other articles within an article. Longer blocks stand below articles.
Chosen manually, not tuned."""

_MIN_PARAGRAPHS = 3
"""Paragraphs below a line of a page's foot from which on it stands within an article. Chosen
manually, not tuned."""

_MAX_LOOK = 100
"""Lines below such a line that are looked at."""

_CONTINUED = frozenset({"read more", "keep reading", "đọc tiếp", "xem tiếp"})
"""Headings that are also controls, which open the rest of a story: its next paragraph follows."""

_FOOT, _OTHERS, _COMMENTS = "page foot", "other stories", "comments"


def article_end(lines: Sequence[str]) -> tuple[int, dict[int, str]]:
    """Return the line at which an article ends, and what else is cut, with the reasons.

    A heading such as "Related articles", and a line of the page's foot, end an article, unless the
    article goes on: two of its paragraphs follow one another soon below. Summaries of other
    articles have titles between them.

    Args:
        lines: of the text.

    Returns:
        The number of lines if the article has no end; the reasons of the lines from the end on, and
        of the blocks within the article.
    """
    reasons: dict[int, str] = {}
    so_far, skip = 0, 0
    for i, line in enumerate(lines):
        words = line.strip()
        if so_far >= MIN_ARTICLE and i >= skip and words:
            reason = _reason(words)
            if reason:
                on = None if reason == _COMMENTS else _goes_on(lines, i, reason)
                if on is None:
                    return i, reasons | dict.fromkeys(range(i, len(lines)), reason)
                if reason == _OTHERS:
                    reasons |= dict.fromkeys(range(i, on), reason)
                skip = on
        so_far += paragraph_width(words)
    return len(lines), reasons


def _reason(line: str) -> str:
    """Return what a line is if an article may end above it; empty for other lines."""
    if is_foot(line):
        return _FOOT
    key = heading_key(line)
    if key in line_forms().headings_of_comments:
        return _COMMENTS
    return _OTHERS if key in line_forms().headings else ""


def is_story_paragraph(line: str) -> bool:
    """Tell whether a line is a paragraph of sentences, and not a title, a notice or a summary.

    >>> is_story_paragraph("The council on Tuesday approved a plan to plant twenty thousand trees.")
    True
    """
    if not paragraph_width(line) or not ends_sentence(line):
        return False
    return not (is_notice(line) or is_promotion(line) or is_foot(line))


def _goes_on(lines: Sequence[str], place: int, reason: str) -> int | None:
    """Return the line at which an article goes on below a line; None if it does not.

    Args:
        lines: of the text.
        place: index of the line.
        reason: why the article may end above it. Below a line of a page's foot one paragraph is
            enough, and so are several further below: no titles of other articles are expected.
    """
    seen, paragraphs = 0, 0
    before = None
    for i in range(place + 1, min(len(lines), place + _MAX_LOOK)):
        words = lines[i].strip()
        if not words:
            continue
        seen += 1
        is_paragraph = is_story_paragraph(words)
        paragraphs += is_paragraph
        if is_paragraph and before is not None:
            return before
        if is_paragraph and seen == 1 and heading_key(lines[place].strip()) in _CONTINUED:
            return i
        if reason == _FOOT and ((is_paragraph and seen == 1) or paragraphs >= _MIN_PARAGRAPHS):
            return place + 1
        if _reason(words) in (_OTHERS, _COMMENTS) or meta_line(words):
            return None
        if seen > _MAX_BLOCK and reason != _FOOT:
            return None
        before = i if is_paragraph and seen <= _MAX_BLOCK else None
    return None
