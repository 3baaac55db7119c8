"""The heading of a document, for files that state no title: the largest type of the first page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rag.readers.pdf.layout import OTHER_SIZE
from rag.readers.pdf.lines import Line

_LETTERS, _CHARACTERS = 4, 300
"""Letters that a heading has at least, and characters that it has at most. Chosen manually, not
tuned: large initials and numbers of issues have fewer."""


def heading_of(paragraphs: Sequence[Sequence[Line]]) -> Sequence[Line]:
    """Return the lines of the paragraph in the largest type on the first page with text.

    None are returned if no paragraph is larger than most of the page.
    """
    first = [lines for lines in paragraphs if lines and lines[0].page == paragraphs[0][0].page]
    sizes: Counter[float] = Counter()
    for lines in first:
        for line in lines:
            sizes[round(line.size, 1)] += len(line.text)
    if not sizes:
        return ()
    usual = sizes.most_common(1)[0][0]
    large = [
        lines for lines in first if lines[0].size > OTHER_SIZE * usual and _can_be_heading(lines)
    ]
    return max(large, key=lambda lines: round(lines[0].size, 1), default=())


def _can_be_heading(lines: Sequence[Line]) -> bool:
    text = "".join(line.text for line in lines)
    return sum(map(str.isalpha, text)) >= _LETTERS and len(text) <= _CHARACTERS
