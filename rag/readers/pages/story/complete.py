"""Completes the main text of a page with what the page says of the story beside it.

What extractors take for the main text is the part of a page with most text. The lead stands between
the headline and that part, and tables, boxes, headings and last paragraphs may be left out of it.
Those that are sentences of the story are put in their places; the others are named as cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.readers.pages.site_links import hosts_of
from rag.readers.pages.story.blocks import page_blocks
from rag.readers.pages.story.doubled import without_second
from rag.readers.pages.story.main_text import MainText
from rag.readers.pages.story.order import displaced
from rag.readers.pages.story.placed import Placed, place_blocks
from rag.readers.pages.story.stated import stated_descriptions, stated_titles
from rag.readers.pages.story.taken import Taken, taken
from rag.readers.pages.story.unfolded import unfolded
from tamngu.records.cut import Cut

if TYPE_CHECKING:
    from lxml.html import HtmlElement


@dataclass(frozen=True)
class Story:
    """The text of a story.

    Attributes:
        text: what the main text has of it, and what it has not.
        cut: what the page shows between its headline and the end of the story that is not in the
            text, in order.
    """

    text: str
    cut: tuple[Cut, ...] = ()


def complete(text: str, tree: HtmlElement | None, url: str | None = None) -> Story:
    """Return the story of a page, without loss between its headline and its end.

    Args:
        text: the main text, as an extractor returns it.
        tree: of the page; None if it is empty.
        url: of the page, if it is known.
    """
    if tree is None or not text.strip():
        return Story(text)
    blocks, titles = page_blocks(tree, hosts_of(tree, url)), stated_titles(tree)
    main = MainText(unfolded(text, blocks))
    moved = displaced(main.lines, blocks)
    if moved:
        main = MainText("\n".join(_without(main.lines, set(moved.values()))))
    placed = place_blocks(blocks, main, titles)
    if placed is None:
        return Story(*without_second(text))
    changes = taken(placed, main, stated_descriptions(tree), frozenset(moved))
    text, twice = without_second(_put_in(main.lines, placed, changes))
    return Story(text, (*twice, *changes.cut))


def _without(lines: Sequence[str], left_out: Set[int]) -> Iterator[str]:
    """Yield lines, without some of them and the blank lines behind those."""
    out = False
    for i, line in enumerate(lines):
        out = i in left_out or (out and not line.strip())
        if not out:
            yield line


def _put_in(lines: Sequence[str], placed: Placed, changes: Taken) -> str:
    """Return the lines of the main text with the texts of blocks in their places."""
    before: defaultdict[int, list[str]] = defaultdict(list)
    end = placed.place(placed.last).last + 1
    at = end
    for i in range(len(placed.blocks) - 1, -1, -1):
        if i in changes.found:
            before[at].append(changes.found[i])
        elif placed.headline < i <= placed.last and placed.is_paragraph(i):
            at = placed.place(i).first
    gap = [""] if "" in lines else []
    all_lines: list[str] = []
    for number, line in enumerate([*lines, None]):
        for text in reversed(before[number]):
            # What is behind the last line has its blank line before it.
            all_lines += [*gap, text] if number == end else [text, *gap]
        if line is not None and number not in changes.left_out:
            all_lines.append(line)
    for text in changes.behind:
        all_lines += [*gap, text]
    return "\n".join(all_lines)
