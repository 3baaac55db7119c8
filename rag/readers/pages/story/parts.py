"""The parts of a page that its blocks are in, seen from the headline and the body."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rag.readers.pages.story.blocks import Block
from rag.readers.pages.story.holders import MIN_STORY_LINK
from rag.readers.pages.story.part_names import Part, named_part
from rag.text.width import width

if TYPE_CHECKING:
    from lxml.html import HtmlElement


class Parts:
    """The parts of a page; elements around the headline or the body are none."""

    def __init__(self, story: Iterable[Block]) -> None:
        """Remember the elements around the story.

        Args:
            story: blocks that belong to it.
        """
        self._around: set[HtmlElement] = set()
        self._known: dict[HtmlElement, tuple[Part | None, HtmlElement | None]] = {}
        self._other_stories: set[HtmlElement] = set()
        for block in story:
            for element in block.place.iterancestors():
                if element in self._around:
                    break
                self._around.add(element)

    def part(self, block: Block) -> Part | None:
        """Return the part that a block is in: what the nearest element around it says."""
        return self._look(block.place)[0]

    def box(self, block: Block) -> HtmlElement | None:
        """Return the outermost element around a block that holds neither headline nor body."""
        return self._look(block.place)[1]

    def pass_by(self, block: Block) -> None:
        """Remember a block that is no part of the story; blocks are passed in their order."""
        holder = block.place.getparent()
        is_story = block.is_linked and width(block.text) >= MIN_STORY_LINK
        if is_story and holder is not None and holder not in self._around:
            self._other_stories.add(holder)

    def is_of_other_story(self, block: Block) -> bool:
        """Tell whether the headline of another story is beside a block, above it."""
        return block.place.getparent() in self._other_stories

    def _look(self, place: HtmlElement) -> tuple[Part | None, HtmlElement | None]:
        """Return the part that an element is in, and the outermost box around it.

        The box does not hold the headline or the body; None if there is no such box.
        """
        path: list[HtmlElement] = []
        at: HtmlElement | None = place
        while at is not None and at not in self._around and at not in self._known:
            path.append(at)
            at = at.getparent()
        part, box = self._known.get(at, (None, None)) if at is not None else (None, None)
        for element in reversed(path):
            part = named_part(element) or part
            box = element if box is None else box
            self._known[element] = part, box
        return part, box
