"""Lines of a text and the blocks that they stand in, without a blank line between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rag.text.joining.list_items import is_item
from rag.text.joining.scripts import HAN, columns

NARROWEST, WIDEST = 30, 140
"""Columns at which programs wrap. Lines of verse are mostly shorter, whole paragraphs longer."""

MOST_CHARACTERS = 2 * WIDEST
"""Characters of a line that is looked at; combining marks need more of them than columns."""

_HAN_START = re.compile(rf"[“‘「『（《]?[{HAN}]")
_SENTENCE_END = re.compile(r"[.!?…。！？｡][\"＂'”’»)\]）」』】〉》]*$")
_CELLS = re.compile(r"\t|\|.*\||\S {3,}\S|\S\u3000+\S|[\u2500-\u257f]")
_CODE = re.compile(
    r"[{}\\]$|\);$| [:=!]?= |[-=]>|::|\b\w+\(\S*\)$|^(?:</?\w|//|#|\$ |>>>|```|~~~|https?://\S+$)"
)
_LABEL = re.compile(r"[^\W\d_][^:：.。,，]{0,24}[:：]\s*\S")
_QUOTED = re.compile(r"[>＞|]")
_RULE = re.compile(r"[\W_]+$|\W*\d{1,4}\W*$")


@dataclass(frozen=True)
class Line:
    """A line without the space at its ends.

    Attributes:
        text: its characters; only the first ones of a line that is too long to be wrapped.
        end: the offset of the line feed behind it.
        indent: columns of space before it.
        breaks: whether a form feed is before it.
    """

    text: str
    end: int
    indent: int
    breaks: bool

    @cached_property
    def width(self) -> int:
        """Columns of a terminal that it takes."""
        return columns(self.text)

    @cached_property
    def ends_sentence(self) -> bool:
        """Whether it ends with the mark of a sentence's end."""
        return bool(_SENTENCE_END.search(self.text))

    @cached_property
    def is_apart(self) -> bool:
        """Whether it is no part of a paragraph at all."""
        text = self.text
        return len(text) > MOST_CHARACTERS or any(
            pattern.search(text) if pattern in (_CELLS, _CODE) else pattern.match(text)
            for pattern in (_RULE, _QUOTED, _CODE, _CELLS)
        )

    @cached_property
    def is_item(self) -> bool:
        """Whether it begins as an item of a list, an article of a law or a caption does."""
        return is_item(self.text)

    @cached_property
    def is_label(self) -> bool:
        """Whether it is a name, a colon and a value."""
        return bool(_LABEL.match(self.text))

    @cached_property
    def begins_small(self) -> bool:
        """Whether it begins with a small letter."""
        return self.text[0].islower()

    @cached_property
    def begins_han(self) -> bool:
        """Whether it begins with a Han character."""
        return bool(_HAN_START.match(self.text))


@dataclass(frozen=True)
class Block:
    """Two lines or more without a blank line between them."""

    lines: Sequence[Line]

    @cached_property
    def all_begin_small(self) -> bool:
        """Whether they are names of files, addresses of pages, keywords."""
        return len(self.lines) > 3 and all(line.begins_small for line in self.lines)

    @cached_property
    def all_begin_anew(self) -> bool:
        """Whether three lines or more begin with a capital or no letter, as verse does."""
        return len(self.lines) > 2 and not any(
            line.begins_small or line.begins_han for line in self.lines
        )


def blocks_of(text: str) -> Iterator[Block]:
    """Yield the lines between blank lines, where there are two or more."""
    spans: list[tuple[int, int]] = []
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if text[start:end].isspace() or start == end:
            if _may_be_wrapped(spans):
                yield Block([_line(text, *span) for span in spans])
            spans = []
        else:
            spans.append((start, end))
        start = end + 1
    if _may_be_wrapped(spans):
        yield Block([_line(text, *span) for span in spans])


def _may_be_wrapped(spans: Sequence[tuple[int, int]]) -> bool:
    """Tell whether there are two lines, one of which is long enough, if in Han characters."""
    return len(spans) > 1 and any(2 * (end - start) >= NARROWEST for start, end in spans)


def _line(text: str, start: int, end: int) -> Line:
    # Longer lines are no wrapped ones, so that their beginnings do.
    piece = text[start : min(end, start + 3 * MOST_CHARACTERS)]
    before = piece[: len(piece) - len(piece.lstrip())]
    # Of a line that begins with very much space, nothing but that is looked at.
    return Line(piece.strip() or "|", end, columns(before.expandtabs(4)), "\f" in before)
