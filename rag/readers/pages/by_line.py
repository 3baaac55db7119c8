"""By-lines: lines at the top of an article that name who wrote it."""

from __future__ import annotations

import re

_BY_LINE = re.compile(r"(?P<name>[^\W\d_][^\n|]{1,40}?)\s*\|")


def by_line_author(line: str) -> str | None:
    """Return the author whom a line names, None if the line is not a by-line.

    >>> by_line_author("Nguyễn An |"), by_line_author("The council met.")
    ('Nguyễn An', None)
    """
    match = _BY_LINE.fullmatch(line)
    return match["name"].strip() if match else None
