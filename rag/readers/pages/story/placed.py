"""The blocks of a page beside its main text: where its headline and its body are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.readers.dates.shown import headlines
from rag.readers.dates.shown_lines import ShownLine
from rag.readers.pages.story.blocks import Block
from rag.readers.pages.story.main_text import MainText, Place, letters
from rag.readers.pages.story.sentence_form import is_caption, is_of_page, is_sentence
from rag.text.width import width

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_LEADS = 4
"""Paragraphs of a lead, in elements of their own. Chosen manually, not tuned."""


@dataclass(frozen=True)
class Placed:
    """A page beside its main text.

    Attributes:
        blocks: of the page.
        places: of the blocks in the main text; None if it has not the block.
        headline: index of the block that is the headline; -1 if none is.
        first: index of the first block of the body.
        last: of the last one.
    """

    blocks: Sequence[Block]
    places: Sequence[Place | None]
    headline: int
    first: int
    last: int

    def is_paragraph(self, index: int) -> bool:
        """Tell whether a block is in the main text and a sentence."""
        return self.places[index] is not None and is_sentence(self.blocks[index].text)

    def place(self, index: int) -> Place:
        """Return the place of a block in the main text.

        Raises:
            ValueError: it is not in the main text.
        """
        place = self.places[index]
        if place is None:
            raise ValueError("the block is not in the main text")
        return place


def place_blocks(blocks: list[Block], main: MainText, titles: Sequence[str]) -> Placed | None:
    """Return where the blocks of a page are in the main text; None if there is no body."""
    places = [main.next(letters(block.text)) for block in blocks]
    body = [
        i
        for i, block in enumerate(blocks)
        if places[i] is not None
        and is_sentence(block.text)
        and not (block.in_heading or block.is_linked)
        and not (is_of_page(block.text) or is_caption(block.text))
    ]
    if not body:
        return None
    lines = [ShownLine(" ".join(block.text.split()), "", block.in_heading) for block in blocks]
    headline = -1
    for at in headlines(lines, titles):
        below = [i for i in body if i > at]
        if 2 * len(below) >= len(body):
            headline = at
    below = [i for i in body if i > headline]
    return Placed(blocks, places, headline, _first(blocks, below), body[-1])


def _first(blocks: Sequence[Block], body: Sequence[int]) -> int:
    """Return the first paragraph of the element that has most of the text.

    Those before it are leads. If there are many of them, the body has several parts, and the first
    paragraph of all is returned.

    Args:
        blocks: of the page.
        body: indices of the paragraphs below the headline.
    """
    most: Counter[HtmlElement | None] = Counter()
    for i in body:
        most[blocks[i].place.getparent()] += width(blocks[i].text)
    ((holder, _),) = most.most_common(1)
    at = next(at for at, i in enumerate(body) if blocks[i].place.getparent() is holder)
    return body[at] if at <= _MAX_LEADS else body[0]
