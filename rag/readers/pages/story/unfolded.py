"""Lines of a main text that are several blocks of the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rag.readers.pages.story.blocks import Block
from rag.readers.pages.story.main_text import MainText, Place, letters
from rag.readers.pages.story.sentence_form import is_sentence

_MIN_SENTENCES = 2
"""Sentences of a line that is several paragraphs, and not a heading or the row of a table."""

_OPENING = " \t（([【《〈「『“‘\"'#*•·■□●◆▲△○※►▶>»›-–—"
"""Marks that belong to the letter behind them, and space between them."""


def unfolded(text: str, blocks: Sequence[Block]) -> str:
    """Return a main text in which paragraphs of the page are lines of their own.

    An extractor that finds little text returns all of a page as one line, and one that meets
    tables returns each of their rows as one line.

    Args:
        text: the main text.
        blocks: of the page.
    """
    main = MainText(text)
    within: defaultdict[int, list[tuple[Block, Place]]] = defaultdict(list)
    for block in blocks:
        place = main.next(letters(block.text))
        if place is not None and place.first == place.last:
            within[place.first].append((block, place))
    lines = list(main.lines)
    for number, found in within.items():
        lines[number] = _spaced(lines[number], found[0][0].text)
    for number, found in within.items():
        if any(block.place is block.row for block, _ in found):
            continue
        sentences = sum(is_sentence(block.text) for block, _ in found)
        if sentences >= _MIN_SENTENCES or _is_teaser(lines[number], [each for each, _ in found]):
            start = main.start_of(number)
            spans = [(place.start - start, place.end - start) for _, place in found]
            lines[number] = "\n".join(_cut_at(lines[number], spans))
    return "\n".join(lines)


def _is_teaser(line: str, blocks: Sequence[Block]) -> bool:
    """Tell whether a line is the linked title of another story and its summary, and nothing else.

    Links within a sentence are no such titles: what is around them is no block of its own.
    """
    if len(blocks) != 2 or not blocks[0].is_linked or blocks[1].is_linked:
        return False
    is_whole = letters(line) == letters(blocks[0].text) + letters(blocks[1].text)
    return is_whole and is_sentence(blocks[1].text)


def _spaced(line: str, block: str) -> str:
    """Return a line with the spaces of the block that it is: extractors lose some of them.

    >>> _spaced("TÂY NINHHồ nước lên cao.", "TÂY NINH Hồ nước lên cao.")
    'TÂY NINH Hồ nước lên cao.'
    """
    if block.count(" ") <= line.count(" ") or "\n" in block:
        return line
    return block if block.replace(" ", "") == line.replace(" ", "") else line


def _cut_at(line: str, spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Yield the parts of a line, which are the blocks in it and what is between them.

    Args:
        line: the line.
        spans: the letters of the line at which blocks begin and end.
    """
    marks: set[int] = set()
    so_far = 0
    for start, end in spans:
        if start >= so_far:
            marks |= {start, end}
            so_far = end
    letter = begun = 0
    for place, character in enumerate(line):
        own = len(letters(character))
        if own and letter in marks:
            end = begun + len(line[begun:place].rstrip(_OPENING))
            if part := line[begun:end].strip(" \t|"):
                yield part
            begun = end
        letter += own
    if part := line[begun:].strip(" \t|"):
        yield part
