"""What browsers put at the top and the bottom of the pages that they print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.readers.pdf.lines import Row

# The forms of Chrome, Edge, Firefox and Safari in the languages of their users.
_ADDRESS = re.compile(r"(?:^|\s)((?:https?|file)://\S{3,2000}|about:blank)(?=\s|$)")
_NUMBER = re.compile(r"(?:^|\s)\d{1,4}\s?(?:/|of|trên|sur|von)\s?\d{1,4}(?=\s|$)")
_MOMENT = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s(?:[^\W\d_]{2}\s?)?\d{1,2}:\d{2}"
    r"|\d{1,2}:\d{2}(?:\s?[AP]M|\s?[SC][AH])?,?\s\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
)
_LONGEST = 2500
"""Characters of a row that can be such a line. Chosen manually, not tuned."""


@dataclass(frozen=True)
class PrintedPages:
    """Pages without a browser's marks.

    Attributes:
        pages: their rows, from top to bottom.
        url: the whole web address that was printed; None without one.
    """

    pages: list[list[Row]]
    url: str | None


def without_print_marks(pages: Sequence[Sequence[Row]]) -> PrintedPages:
    """Return pages without the lines that a browser printed at their edges.

    They are there if the first and the last row of each page that has rows hold together a moment,
    an address, and the number of the page with that of all pages.
    """
    edges = [(rows[0].text, rows[-1].text) for rows in pages if len(rows) > 2]
    if not edges or not all(_are_marks(*texts) for texts in edges):
        return PrintedPages([list(rows) for rows in pages], None)
    found = _ADDRESS.search(" ".join(edges[0]))
    url = found[1] if found is not None and found[1].startswith("http") else None
    kept = [list(rows[1:-1] if len(rows) > 2 else rows) for rows in pages]
    return PrintedPages(kept, None if url is None or url.endswith(("…", "...")) else url)


def _are_marks(first: str, last: str) -> bool:
    if len(first) > _LONGEST or len(last) > _LONGEST:
        return False
    both = f"{first}\n{last}"
    return all(form.search(both) for form in (_ADDRESS, _NUMBER, _MOMENT))
