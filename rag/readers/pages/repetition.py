"""Lines that a source puts on many of its pages, learnt from those pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_FEWEST_PAGES = 4
"""Pages that differ, under which nothing is learnt from them."""

_FEWEST_WITH_IT = 3
_SHARE = 0.3
"""Of the pages a line has to stand on. By hand: a section's own lines stand on fewer than all pages
of a site, and what three articles in ten begin or end with is none of their stories."""

_DIGITS = re.compile(r"\d+")


def line_key(line: str) -> str:
    """Return what is the same in a line on all pages: counts and dates in it may differ.

    >>> line_key("  12 Comments ") == line_key("7 comments")
    True
    """
    return _DIGITS.sub("0", " ".join(line.split()).casefold())


def repeated_lines(texts: Iterable[str]) -> frozenset[str]:
    """Return the keys of lines that stand on many of the pages of one source.

    Args:
        texts: of its pages, some of them or all; pages that are alike count once.
    """
    pages = {frozenset(map(line_key, text.splitlines())) for text in texts}
    if len(pages) < _FEWEST_PAGES:
        return frozenset()
    counts = Counter(key for page in pages for key in page if key)
    least = max(_FEWEST_WITH_IT, _SHARE * len(pages))
    return frozenset(key for key, count in counts.items() if count >= least)
