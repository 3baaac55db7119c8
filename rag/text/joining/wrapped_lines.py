"""Lines that were wrapped at some width, joined again to the paragraphs that they are parts of.

Whether a line end is only a wrap is judged from the lines around it, without a blank line between
them: a program that wraps ends a line where the next word has no room. Verse, lists, addresses,
rows of tables, code and headlines have no such width, and stay lines.

All numbers here were chosen manually, from texts that we looked at; they are not tuned.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from rag.text.joining.joint import habits_of, joint
from rag.text.joining.lines import MOST_CHARACTERS, NARROWEST, WIDEST, Block, Line, blocks_of
from rag.text.joining.list_items import BULLET
from rag.text.joining.scripts import HAN

_LONG = 40
"""Columns of a line that may be a wrapped one even if the lines around it do not tell a width."""

_WRAPPED_SHARE = 0.8
"""Share of the lines of a paragraph, of those that end no sentence, which have to be full."""

_CLAUSE_MARK = re.compile(r"[，。、；：！？,;]")
_PROSE = re.compile(r"[.,;:!?…“”\"'()]")
_ENDS_PARAGRAPH = re.compile(r"[.!?…。！？｡:：;；][\"＂'”’»)\]）」』】〉》]*$")
_FIRST_WORD = re.compile(rf"[^\s{HAN}]+")
_HAN_END = re.compile(rf"[{HAN}][”’」』）》]?$")
_NO_END_WORDS = frozenset(
    {"a", "an", "the", "of", "in", "on", "at", "by", "to", "for", "from", "with", "and", "or", "as"}
    | {"của", "và", "các", "những", "là", "được", "bị", "ở", "tại", "cho", "với", "do", "để", "về"}
    | {"thì", "mà", "trong", "từ", "một"}
)
"""Words with which no headline and no sentence ends."""


def unwrapped(text: str, *, soft_from: int | None = None) -> str:
    r"""Return a text whose paragraphs are single lines, as far as it was wrapped.

    Between Han characters, and between them and digits, lines are joined without a space. A hyphen
    at a line end stays unless the text shows that it divides a word.

    Args:
        text: with ``\n`` as line ends.
        soft_from: columns from which on a line end says nothing by itself, as in Markdown and in
            mails; None where lines are meant as they are, unless their width shows otherwise.

    >>> unwrapped("水库除险加固工程二月开工，总工期十四个月，由省水利\n厅监督。", soft_from=40)
    '水库除险加固工程二月开工，总工期十四个月，由省水利厅监督。'
    """
    ends = wrapped_ends(text, soft_from=soft_from)
    if not ends:
        return text
    habits = habits_of(text.split("\n"))
    pieces: list[str] = []
    start = 0
    for end in ends:
        before = text[start:end].rstrip()
        behind = _next_word(text, end)
        between, cut = joint(before, text[behind : behind + 256], habits)
        pieces += [before[:-1] if cut else before, between]
        start = behind
    return "".join([*pieces, text[start:]])


def wrapped_ends(text: str, *, soft_from: int | None = None) -> list[int]:
    """Return the offsets of the line feeds that only wrap; arguments as of :func:`unwrapped`."""
    if "\n" not in text:
        return []
    found: list[list[Line]] = []
    rest: list[tuple[int, Block]] = []
    for number, block in enumerate(blocks_of(text)):
        full = _full_lines(block.lines)
        if full:
            found.append(full)
        else:
            rest.append((number, block))
    usual = round(median(max(line.width for line in full) for full in found)) if found else None
    ends = [line.end for full in found for line in full]
    for number, block in rest:
        for above, line in pairwise(block.lines):
            if _is_barred(above, line):
                continue
            if (
                _fills(above, line, usual)
                or _goes_on(above, line, block, first=number == 0)
                or (soft_from is not None and _goes_on_softly(above, line, block, soft_from))
            ):
                ends.append(above.end)
    return sorted(ends)


def _next_word(text: str, end: int) -> int:
    while text[end].isspace():
        end += 1
    return end


def _full_lines(block: Sequence[Line]) -> list[Line]:
    """Return the lines of a block that go on in the next one; none if it has no common width."""
    if len(block) < 3 or any(len(line.text) > MOST_CHARACTERS for line in block):
        return []
    # A few lines may be wider than the rest: a headline, an address of the web.
    widths = sorted(line.width for line in block)
    widest = widths[-1 - len(widths) // 25]
    if not NARROWEST <= widest <= WIDEST:
        return []
    open_pairs = [(above, line) for above, line in pairwise(block) if not _is_barred(above, line)]
    full = [(above, line) for above, line in open_pairs if _is_full(above, line, widest)]
    asking = [pair for pair in open_pairs if not pair[0].ends_sentence]
    filled = [pair for pair in full if not pair[0].ends_sentence]
    if len(full) < 2 or not filled or len(filled) < _WRAPPED_SHARE * len(asking):
        return []
    if _are_lines(block, full) or not _is_prose(block, filled):
        return []
    ragged = [above for above, line in asking if line.begins_small and above.width >= widest / 2]
    ends = {above.end for above in (*(above for above, _ in full), *ragged)}
    return [line for line in block if line.end in ends]


def _is_full(above: Line, line: Line, widest: int) -> bool:
    """Tell whether the first word of a line had no room at the end of the line above."""
    first = _FIRST_WORD.match(line.text)
    # Marks around Han characters move some of them to the next line.
    needed = max(8, widest // 4) if first is None else max(len(first[0]) + 1, widest // 10)
    return 2 * above.width >= widest and -4 <= widest - above.width < needed


def _are_lines(block: Sequence[Line], full: Sequence[tuple[Line, Line]]) -> bool:
    """Tell whether lines all begin anew, as those of verse, of addresses and of lists do."""
    if Block(block).all_begin_small:
        return True
    following = [line for above, line in full if not above.ends_sentence]
    anew = sum(not line.begins_small and not line.begins_han for line in following)
    if not following or any(line.begins_han for line in following):
        return False
    if anew < len(following):
        return anew > _WRAPPED_SHARE * len(following) and len(following) > 4
    signs = any(_breaks_off(above) for above, _ in full)
    long = max(above.width for above, _ in full) >= 50
    return not (signs or (long and len(following) < 3 and block[-1].ends_sentence))


def _is_prose(block: Sequence[Line], filled: Sequence[tuple[Line, Line]]) -> bool:
    """Tell whether Han lines have marks as sentences do; other lines are taken to."""
    if not any(line.begins_han for _, line in filled):
        return True
    inside = sum(bool(_CLAUSE_MARK.search(above.text[:-1])) for above, _ in filled)
    unmarked = any(not _CLAUSE_MARK.match(above.text[-1]) for above, _ in filled)
    ends = bool(_ENDS_PARAGRAPH.search(block[-1].text)) or len(filled) >= 5
    return unmarked and ends and 2 * inside >= len(filled)


def _is_barred(above: Line, line: Line) -> bool:
    """Tell whether a line cannot be the rest of the one above, whatever their widths are."""
    if above.is_apart or line.is_apart or line.breaks:
        return True
    if line.indent > above.indent + 1 and not above.is_item:
        return True
    if line.is_item and (
        above.is_item or BULLET.match(line.text) or _ENDS_PARAGRAPH.search(above.text)
    ):
        return True
    if line.is_label and (above.is_label or above.ends_sentence):
        return True
    return above.text.isupper() and not line.text.isupper()


def _breaks_off(line: Line) -> bool:
    """Tell whether a line ends as no headline, item and verse does."""
    words = line.text.rsplit(None, 1)
    return words[-1].casefold() in _NO_END_WORDS or line.text.endswith(("-", "\u00ad", "(", "（"))


def _fills(above: Line, line: Line, usual: int | None) -> bool:
    """Tell whether a line is as full as those of other blocks, wrapped at ``usual`` columns."""
    if usual is None or above.ends_sentence or line.is_item:
        return False
    return _is_full(above, line, usual) and line.width <= usual + 4


def _goes_on(above: Line, line: Line, block: Block, *, first: bool) -> bool:
    """Tell whether a line goes on in the next one, in a block that has no width of its own.

    Args:
        above: the line.
        line: the next one.
        block: the lines around them.
        first: whether the block is the first of the text, where headlines stand.
    """
    if above.ends_sentence or line.is_item or above.text.endswith((":", "：")):
        return False
    if not _LONG <= above.width <= WIDEST:
        return False
    if not line.begins_han:
        comma = above.text.endswith(",") and not block.all_begin_anew
        small = line.begins_small and (
            len(block.lines) == 2 or any(_PROSE.search(each.text) for each in (above, line))
        )
        return small or _breaks_off(above) or comma
    return (
        not first
        and line.width <= above.width + 4
        and bool(_CLAUSE_MARK.search(above.text[:-1]))
        and line.ends_sentence
    )


def _goes_on_softly(above: Line, line: Line, block: Block, soft_from: int) -> bool:
    """Tell whether a line goes on where line ends say nothing by themselves."""
    if not soft_from <= above.width <= WIDEST or above.ends_sentence or line.is_item:
        return False
    if line.begins_han and _HAN_END.search(above.text):
        return bool(_CLAUSE_MARK.search(above.text) or line.ends_sentence)
    return not block.all_begin_anew and not block.all_begin_small
