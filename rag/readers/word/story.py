"""The walk over a Word document: its paragraphs, tables, boxes and notes as they are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.readers.word.chunks import Chunks
from rag.readers.word.fields import Fields
from rag.readers.word.names import attribute, name
from rag.readers.word.paragraphs import Line, Paragraphs
from rag.readers.word.runs import content
from rag.readers.word.tables import Cell, goes_on, row_cells, table_lines, table_rows

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True)
class Block:
    """A paragraph, or a table.

    Attributes:
        text: what is shown; each row of a table is a line.
        is_heading: whether it is a title or a heading.
        is_contents: whether it is of a table of contents.
        is_note: whether it is a foot- or endnote.
        is_table: whether it is a table.
    """

    text: str
    is_heading: bool = False
    is_contents: bool = False
    is_note: bool = False
    is_table: bool = False


class Story:
    """Walks over the parts of one document."""

    def __init__(
        self,
        paragraphs: Paragraphs,
        notes: dict[tuple[str, str], _Element],
        chunks: Chunks,
    ) -> None:
        """Keep what all parts share.

        Args:
            paragraphs: reads paragraphs.
            notes: foot- and endnotes by the kinds and ids of their marks; one that was read is
                taken out.
            chunks: reads what stands in parts of other formats.
        """
        self._paragraphs = paragraphs
        self._notes = notes
        self._chunks = chunks
        self._is_in_note = False

    def blocks(self, container: _Element, *, in_cell: bool = False) -> Iterator[Block]:
        """Yield what a body, a cell, a text box or a note shows.

        A text box and the notes come behind the paragraph that they belong to, so that it stays
        whole.

        Args:
            container: the element.
            in_cell: whether numbers without a text are shown; columns of numbers are made so.
        """
        fields = Fields()
        line = Line()
        for element in content(container, "p", "tbl", "altChunk"):
            if name(element) == "p":
                read = self._paragraphs.read(element, fields)
                if line.is_open:
                    line.add(read)
                else:
                    line = read
                if not line.is_open:
                    yield from self._shown(line, in_cell)
                continue
            if line.is_open:
                yield from self._shown(line, in_cell)
                line = Line()
            if name(element) == "tbl":
                yield from self._table(element, in_cell)
            else:
                yield from map(Block, self._chunks.chunk(attribute(element, "id") or ""))
        if line.is_open:
            yield from self._shown(line, in_cell)

    def _shown(self, line: Line, in_cell: bool) -> Iterator[Block]:
        has_text = bool(line.text.strip())
        if has_text or in_cell or any(map(str.isalpha, line.label)):
            is_heading = line.is_heading and has_text and not line.is_contents
            if shown := line.shown:
                yield Block(shown, is_heading=is_heading, is_contents=line.is_contents)
        for box in line.boxes:
            yield from self._boxed(box)
        for note in line.notes:
            yield from self._noted(note)

    def _noted(self, note: tuple[str, str]) -> Iterator[Block]:
        """Yield a note by its mark; one that is marked twice only once, and none of other notes."""
        element = None if self._is_in_note else self._notes.pop(note, None)
        if element is not None:
            self._is_in_note = True
            for block in self.blocks(element):
                yield replace(block, is_heading=False, is_note=True)
            self._is_in_note = False

    def _boxed(self, box: _Element) -> Iterator[Block]:
        kind = name(box)
        if kind == "txbxContent":
            yield from self.blocks(box)
            return
        if kind == "dgm:relIds":
            texts = self._chunks.diagram(attribute(box, "dm") or "")
        elif kind == "a:p":
            texts = iter(["".join(each.text or "" for each in box.iter("{*}t"))])
        else:
            texts = iter([attribute(box, "string") or ""])
        yield from (Block(text.strip()) for text in texts if text.strip())

    def _table(self, table: _Element, in_cell: bool) -> Iterator[Block]:
        """Yield a table, then the notes that are marked in it.

        A table of one column is a frame: what is in it is read as if the frame were not there.
        """
        rows = table_rows(table)
        cells = [row_cells(row) for row in rows]
        if all(len(each) < 2 for each in cells) and not (in_cell and len(rows) > 1):
            for each in cells:
                for cell in each:
                    if not goes_on(cell, "vMerge"):
                        yield from self.blocks(cell, in_cell=in_cell)
            return
        notes: list[Block] = []
        lines = list(table_lines(rows, lambda cell: self._cell(cell, notes)))
        if lines:
            yield Block("\n".join(lines), is_table=True)
        yield from notes

    def _cell(self, cell: _Element, notes: list[Block]) -> Cell:
        """Return what a cell holds; put the notes that are marked in it to the others."""
        texts: list[str] = []
        lines: list[str] = []
        for block in self.blocks(cell, in_cell=True):
            if block.is_note:
                notes.append(block)
            elif block.is_table:
                lines += block.text.split("\n")
            else:
                texts.append(block.text)
        return Cell(" ".join(" ".join(texts).split()), tuple(lines))
