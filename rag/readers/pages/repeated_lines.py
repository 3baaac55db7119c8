"""Lines that a source puts on many of its pages, found by comparing the pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_MIN_PAGES = 4
"""Different pages that are needed to learn from them. Chosen manually, not tuned."""

_MIN_WITH_LINE = 3
_SHARE = 0.3
"""Number and share of pages that a repeated line is on. Chosen manually, not tuned: the lines of a
section are not on all pages of a site, and a line at the beginning or end of three articles in ten
is not part of the articles."""

_DIGITS = re.compile(r"\d+")


def line_key(line: str) -> str:
    """Return a key that is the same for a line on all pages: its numbers may differ.

    >>> line_key("  12 Comments ") == line_key("7 comments")
    True
    """
    return _DIGITS.sub("0", " ".join(line.split()).casefold())


def repeated_lines(texts: Iterable[str]) -> frozenset[str]:
    """Return the keys of lines that many pages of one source have.

    Args:
        texts: of some or all of its pages; equal pages count once.
    """
    pages = {frozenset(map(line_key, text.splitlines())) for text in texts}
    if len(pages) < _MIN_PAGES:
        return frozenset()
    counts = Counter(key for page in pages for key in page if key)
    least = max(_MIN_WITH_LINE, _SHARE * len(pages))
    return frozenset(key for key, count in counts.items() if count >= least)
