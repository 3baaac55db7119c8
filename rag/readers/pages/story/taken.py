"""Which blocks beside the main text are part of the story, and which are cut, with the reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.readers.pages.story.blocks import Block
from rag.readers.pages.story.doubled import says_the_same, without_prefix
from rag.readers.pages.story.holders import MIN_STORY_LINK, Holders, holder
from rag.readers.pages.story.main_text import MainText, letters
from rag.readers.pages.story.parts import Parts
from rag.readers.pages.story.placed import Placed
from rag.readers.pages.story.sentence_form import (
    has_full_stop,
    is_caption,
    is_of_page,
    is_sentence,
    tells,
)
from rag.text.dates.stated import line_date
from rag.text.width import width
from tamngu.records.cut import Cut

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MIN_NAMED = 12
"""Width from which on a line is a lead, if the page calls it one. Chosen manually, not tuned."""

_MIN_STATED = 40
"""Width of a description from which on it is compared with blocks. Chosen manually, not tuned."""

_MAX_HEADING = 200
"""Width of a heading within the body. Chosen manually, not tuned."""

_FIRST_PARAGRAPHS = 3
"""Paragraphs of the body that may repeat the lead. Chosen manually, not tuned."""

_MIN_ROWS = 2
"""Rows of a table that says something; others lay out a page."""

_MIN_PICTURES = 3
"""Pictures of a story that is told by their captions. Chosen manually, not tuned."""

_MAX_CAPTION = 400
"""Width of a caption. Chosen manually, not tuned."""

_MIN_ITEM = 12
"""Width of an item of a list in the body. Chosen manually, not tuned."""

_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})

_MAX_CUT, _MAX_CUT_LINE, _MIN_CUT = 300, 2000, 4
"""Blocks that are named as cut, characters of each, and the least letters of one."""


@dataclass(frozen=True)
class Taken:
    """What changes in a main text.

    Attributes:
        found: the texts of blocks that it lacks, by their indices.
        behind: texts that follow it, because they are not below the headline.
        left_out: indices of its lines that are no part of the story.
        cut: what the page shows of the story's surroundings, and those lines.
    """

    found: dict[int, str]
    behind: list[str]
    left_out: set[int]
    cut: list[Cut]


class _Page:
    """A page while its blocks are looked at, in their order."""

    def __init__(self, placed: Placed, main: MainText, descriptions: Sequence[str]) -> None:
        self.placed = placed
        self.blocks = placed.blocks
        self.holders = Holders(placed)
        inner = self.holders.paragraphs
        self.last = inner[-1]
        story = self.holders.blocks_of(self.blocks)
        headline = [self.blocks[placed.headline]] if placed.headline >= 0 else []
        self.parts = Parts([*headline, *story])
        self.last_holder = holder(self.blocks[self.last])
        rows = Counter(_table(block) for block in self.blocks if block.place is block.row)
        self.tables = {table for table, count in rows.items() if count >= _MIN_ROWS}
        self.main = main
        first = inner[:_FIRST_PARAGRAPHS]
        self.body = letters(" ".join(self.blocks[i].text for i in first))
        self.descriptions = [
            found for text in descriptions if width(found := letters(text)) >= _MIN_STATED
        ]
        self.known = {letters(self.blocks[placed.headline].text)} if headline else set()

        captions = [
            block.text
            for block in self.blocks[placed.headline + 1 :]
            if self.parts.part(block) in ("caption", "picture") and tells(block.text)
        ]
        self.is_of_pictures = len(captions) >= _MIN_PICTURES and sum(map(width, captions)) > sum(
            width(block.text) for block in story
        )

    def is_lead(self, i: int) -> bool:
        """Tell whether the page calls a block a lead, or a description of the article."""
        block = self.blocks[i]
        return i < self.last and (self.parts.part(block) == "lead" or self.is_stated(block))

    def is_known(self, block: Block) -> bool:
        """Tell whether the text has a block already, and remember it."""
        own = letters(block.text)
        bare = letters(without_prefix(block.text))
        if own in self.known or bare in self.known:
            return True
        if self.main.has(own) or self.main.has(bare):
            return True
        self.known |= {own, bare}
        return False

    def is_stated(self, block: Block) -> bool:
        """Tell whether the head of the page states a block as the description of the article."""
        own = letters(block.text)
        bare = letters(without_prefix(block.text))
        return width(bare) >= _MIN_STATED and any(
            bare in stated or stated in own or own.startswith(stated[:-3])
            for stated in self.descriptions
        )


def taken(
    placed: Placed, main: MainText, descriptions: Sequence[str], moved: Set[int] = frozenset()
) -> Taken:
    """Return what the main text lacks of the story, and what it has and should not have.

    Args:
        placed: the blocks beside the main text.
        main: the main text.
        descriptions: that the head of the page states.
        moved: indices of blocks that are part of the story in any case.
    """
    page = _Page(placed, main, descriptions)
    changes = Taken({}, [], set(), [])
    ended = False
    for i, block in enumerate(placed.blocks):
        place = placed.places[i]
        is_above = i <= placed.headline
        if is_above and i not in moved:
            continue
        if block.in_heading:
            continue
        ended = ended or (i > page.last and block.is_linked)
        is_kept = place is not None and i >= placed.first
        reason = _foreign(page, i) if is_kept else _clear_reason(page, i)
        if i in moved:
            if page.parts.part(block) in ("furniture", "aside"):
                reason = "of the page"
        elif place is None:
            reason = reason or _reason(page, i, ended=ended)
            if page.is_known(block) if reason is None else main.has(letters(block.text)):
                continue
        elif reason is None or not _may_leave(block, main.lines[place.first]):
            continue
        else:
            changes.left_out.add(place.first)
        if reason is None:
            _add(changes, page, i)
            continue
        page.parts.pass_by(block)
        is_beside = i < page.last or holder(block) in page.holders.body
        if is_beside and len(letters(block.text)) >= _MIN_CUT and len(changes.cut) < _MAX_CUT:
            changes.cut.append(Cut(" ".join(block.text.split())[:_MAX_CUT_LINE], reason))
    return changes


def _may_leave(block: Block, line: str) -> bool:
    """Tell whether a line of the main text is a block and nothing else."""
    return not block.is_anchor and letters(block.text) == letters(line)


def _add(changes: Taken, page: _Page, i: int) -> None:
    text = page.blocks[i].text
    page.known.add(letters(text))
    if i > page.placed.headline:
        changes.found[i] = text
    else:
        changes.behind.append(text)


def _foreign(page: _Page, i: int) -> str | None:
    """Return why a block of the main text, from its first paragraph on, is not of the story."""
    block = page.blocks[i]
    part = page.parts.part(block)
    is_behind = i > page.last
    if part == "caption" and width(block.text) <= _MAX_CAPTION:
        return None if page.is_of_pictures else "caption"
    if block.is_linked and not (block.is_anchor or has_full_stop(block.text)):
        if is_behind and holder(block) not in page.holders.body:
            return "other stories"
        # A heading or an item of a list may be a link and part of the story.
        is_line = block.place.tag not in _HEADINGS and block.place.tag != "li"
        is_headline = width(block.text) >= MIN_STORY_LINK
        return "other stories" if is_line and is_headline else None
    if part == "others" or page.holders.is_beside_headlines(block, 1 if is_behind else 2):
        return "other stories"
    return None


def _clear_reason(page: _Page, i: int) -> str | None:
    """Return why a block is clearly no part of the story, also if the main text has it."""
    block = page.blocks[i]
    part = page.parts.part(block)
    is_lead = page.is_lead(i)
    if part in ("caption", "picture") or (
        is_caption(block.text) and (block.below_picture or not is_lead)
    ):
        return None if page.is_of_pictures else "caption"
    if block.is_linked:
        return "other stories"
    if block.place is not block.row and is_of_page(block.text, notices=not is_lead):
        return "date" if line_date(block.text) else "of the page"
    if is_lead:
        return None
    if part == "others" or page.parts.is_of_other_story(block):
        return "other stories"
    return "of the page" if part == "furniture" and not is_sentence(block.text) else None


def _reason(page: _Page, i: int, *, ended: bool) -> str | None:
    """Return why a block that is not clearly something else is no part of the story, or None."""
    block, placed = page.blocks[i], page.placed
    part = page.parts.part(block)
    if page.is_lead(i):
        return None if is_sentence(block.text, _MIN_NAMED) else "of the page"
    if part in ("caption", "picture"):
        return None if tells(block.text) else "caption"
    if part not in (None, "table", "lead"):
        return "of the page"
    if i < placed.first:
        return None if _is_lead_like(page, block) else "of the page"
    return None if _is_of_body(page, i, ended=ended) else "beside the story"


def _is_lead_like(page: _Page, block: Block) -> bool:
    """Tell whether a block between the headline and the body is a sentence of the story."""
    if block.below_picture and not has_full_stop(block.text):
        return False
    return is_sentence(block.text) and not says_the_same(letters(block.text), page.body)


def _is_of_body(page: _Page, i: int, *, ended: bool) -> bool:
    """Tell whether a block between paragraphs of the body, or right after them, is one too."""
    block, placed = page.blocks[i], page.placed
    beside = holder(block)
    if block.place.tag == "li" and beside in page.holders.body and not ended:
        return width(block.text) >= _MIN_ITEM
    if i > page.last:
        is_next = beside is page.last_holder and not ended
        return is_next and has_full_stop(block.text) and is_sentence(block.text)
    if block.place.tag in _HEADINGS and width(block.text) <= _MAX_HEADING:
        following = i + 1
        return following <= page.last and placed.is_paragraph(following)
    if block.place is block.row:
        box = page.parts.box(block)
        return (
            box is not None
            and box.getparent() in page.holders.body
            and _table(block) in page.tables
        )
    return beside in page.holders.body and is_sentence(block.text)


def _table(block: Block) -> HtmlElement | None:
    """Return the table of a row."""
    above = block.place.getparent()
    return above if above is None or above.tag == "table" else above.getparent()
