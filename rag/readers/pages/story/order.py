"""Lines of a main text that stand elsewhere on the page than among their neighbours in the text.

An extractor that finds little text looks for paragraphs on the rest of the page and puts them
behind the others, also a lead.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from rag.readers.pages.story.blocks import Block
from rag.readers.pages.story.main_text import letters
from rag.text.width import width

_MIN_WIDTH = 20
"""Width from which on a line is found again on its page. Chosen manually, not tuned."""


def displaced(lines: Sequence[str], blocks: Sequence[Block]) -> dict[int, int]:
    """Return lines whose order is not that of their blocks, by the indices of the blocks.

    As few lines as possible are returned. Lines and blocks that are not unique are left out.

    Args:
        lines: of the main text.
        blocks: of the page, in their order.
    """
    own = [letters(line) for line in lines]
    said = [letters(block.text) for block in blocks]
    often = Counter(own)
    shown = Counter(said)
    line_of = {text: i for i, text in enumerate(own) if often[text] == 1}
    pairs = [
        (i, line_of[text])
        for i, text in enumerate(said)
        if width(text) >= _MIN_WIDTH and shown[text] == 1 and text in line_of
    ]
    in_order = _longest_rise([line for _, line in pairs])
    return {block: line for at, (block, line) in enumerate(pairs) if at not in in_order}


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """Return the indices of a longest rising part of different numbers.

    >>> sorted(_longest_rise([7, 1, 2, 3]))
    [1, 2, 3]
    """
    ends: list[int] = []
    places: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        at = bisect_left(ends, number)
        before.append(places[at - 1] if at else -1)
        ends[at : at + 1] = [number]
        places[at : at + 1] = [place]
    found: set[int] = set()
    place = places[-1] if places else -1
    while place >= 0:
        found.add(place)
        place = before[place]
    return found
