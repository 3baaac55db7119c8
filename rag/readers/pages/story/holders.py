"""The elements of a page that hold its body, and those that hold headlines of other stories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rag.readers.pages.story.blocks import Block
from rag.readers.pages.story.placed import Placed
from rag.text.width import width

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MIN_STORY_LINK = 30
"""Width from which on a link is the headline of another story. Chosen manually, not tuned."""

_MIN_SHARE = 1 / 3
"""Share of the text of the fullest element from which on another element is a part of the body.
Chosen manually, not tuned."""

_LISTS = frozenset({"dd", "dl", "dt", "li", "ol", "ul"})


def holder(block: Block) -> HtmlElement | None:
    """Return the element that holds a block among its neighbours: for an item, that of its list."""
    above = block.place.getparent()
    if block.place.tag not in _LISTS:
        return above
    while above is not None and above.tag in _LISTS:
        above = above.getparent()
    return above


class Holders:
    """The elements that hold the paragraphs of a main text."""

    def __init__(self, placed: Placed) -> None:
        """Find the elements of the body.

        Args:
            placed: the blocks beside the main text.
        """
        blocks = placed.blocks[placed.headline + 1 :]
        self._linked = Counter(holder(block) for block in blocks if _is_headline(block))
        self._other = Counter(holder(block) for block in blocks if not block.is_linked)
        text: Counter[HtmlElement | None] = Counter()
        inner = [i for i in range(placed.first, placed.last + 1) if placed.is_paragraph(i)]
        for i in inner:
            if not placed.blocks[i].is_linked:
                text[holder(placed.blocks[i])] += width(placed.blocks[i].text)
        fullest = max(text.values(), default=0)
        self.body = {
            element
            for element, room in text.items()
            if room == fullest or (room >= _MIN_SHARE * fullest and not self._is_list(element))
        }
        self.paragraphs = [i for i in inner if holder(placed.blocks[i]) in self.body]

    def is_beside_headlines(self, block: Block, least: int) -> bool:
        """Tell whether a block is in an element of headlines of other stories.

        Args:
            block: the block.
            least: how many headlines that are.
        """
        element = holder(block)
        return (
            element not in self.body and self._linked[element] >= least and self._is_list(element)
        )

    def blocks_of(self, blocks: Sequence[Block]) -> Iterable[Block]:
        """Return the paragraphs of the body.

        Args:
            blocks: of the page.
        """
        return [blocks[i] for i in self.paragraphs]

    def _is_list(self, element: HtmlElement | None) -> bool:
        """Tell whether an element has a link for each of its other blocks."""
        return self._linked[element] >= self._other[element]


def _is_headline(block: Block) -> bool:
    return block.is_linked and width(block.text) >= MIN_STORY_LINK
