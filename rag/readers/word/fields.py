"""Fields of a Word document: what they were told is not shown, what came of it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.readers.word.names import attribute, child, name, number, switch, value

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_INSTRUCTION = 300
"""Characters of an instruction that are looked at. Chosen manually, not tuned."""

_MAX_OPEN = 100
"""Fields inside one another, of which further ones are passed over. Word allows 20."""

_OVERLAID = re.compile(r"EQ\s.{0,80}?\\o\s?(?:\\a[clrd])?\s?\(", re.IGNORECASE)
"""The beginning of an equation that lays texts over one another. East Asian versions of Word
and WPS write a reading above a word so, and a sign with a circle."""


@dataclass
class _Open:
    """A field that has begun and not ended."""

    form: _Element | None
    instruction: list[str] = field(default_factory=list)
    is_result: bool = False
    is_contents: bool = False

    def word(self) -> str:
        return "".join(self.instruction)[:_MAX_INSTRUCTION].strip()


class Fields:
    """The fields around the place that a walk has come to.

    Attributes:
        is_contents: whether a table of contents was open since the paragraph began.
    """

    def __init__(self) -> None:
        """Begin outside all fields."""
        self._open: list[_Open] = []
        self._instructions = 0
        self._contents = 0
        self.is_contents = False

    @property
    def shows(self) -> bool:
        """Whether what stands here is shown: it is in no instruction."""
        return self._instructions == 0

    def begin_paragraph(self) -> None:
        """Forget what the paragraph before was."""
        self.is_contents = self._contents > 0

    def end_paragraph(self) -> None:
        """End the fields without a result, so that a broken one hides no more than a line."""
        if self._instructions:
            self._open = [each for each in self._open if each.is_result]
            self._instructions = 0

    def instruct(self, text: str) -> None:
        """Add to the instruction of the innermost field."""
        if self._open and not self._open[-1].is_result:
            self._open[-1].instruction.append(text[:_MAX_INSTRUCTION])

    def mark(self, element: _Element) -> str:
        """Take the beginning, the middle or the end of a field; return what it shows by itself."""
        kind = attribute(element, "fldCharType")
        if kind == "begin" and len(self._open) < _MAX_OPEN:
            self._open.append(_Open(child(element, "ffData")))
            self._instructions += 1
        elif kind == "separate" and self._open and not self._open[-1].is_result:
            self._separate(self._open[-1])
        elif kind == "end" and self._open:
            return self._end(self._open.pop())
        return ""

    def _separate(self, opened: _Open) -> None:
        opened.is_result = True
        self._instructions -= 1
        opened.is_contents = opened.word().split()[:1] == ["TOC"]
        self._contents += opened.is_contents
        self.is_contents |= opened.is_contents

    def _end(self, ended: _Open) -> str:
        if ended.is_result:
            self._contents -= ended.is_contents
            return ""
        self._instructions -= 1
        return (_chosen(ended.form) or _overlaid(ended.word())) if self.shows else ""


def _chosen(form: _Element | None) -> str:
    """Return what a field of a form shows that keeps no text of its own."""
    if (box := child(form, "checkBox")) is not None:
        state = switch(box, "checked")
        return "☒" if (switch(box, "default") if state is None else state) else "☐"
    if (entries := child(form, "ddList")) is not None:
        texts = [attribute(each, "val") or "" for each in entries if name(each) == "listEntry"]
        at = number(value(entries, "result")) or number(value(entries, "default")) or 0
        return texts[at] if 0 <= at < len(texts) else ""
    return ""


def _overlaid(instruction: str) -> str:
    """Return the last of the texts that an equation lays over one another: the word itself."""
    if not _OVERLAID.match(instruction):
        return ""
    return instruction.rstrip(") ").rpartition(",")[2].strip()
