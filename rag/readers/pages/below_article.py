"""Lines below the last paragraph of an article: signatures, sources, editors, a page's foot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rag.readers.pages.line_forms import (
    ends_sentence,
    heading_key,
    kind_of_end_line,
    line_forms,
)
from rag.readers.pages.stated.by_line import is_person
from rag.readers.pages.stated.meta_line import MetaLine, is_source_label, meta_line
from rag.readers.pages.stated.publishers import publisher_name
from rag.readers.paragraphs import MIN_ARTICLE, paragraph_width
from rag.text.width import width

MAX_SIGNATURE = 24
"""Width of a line under an article that is the name of a person or an agency. Chosen manually, not
tuned."""

_MAX_SIGNATURES = 4
"""Lines under an article that are names. More are a list, which is part of the article. Chosen
manually, not tuned."""

_LAST = frozenset({"page foot", "notice", "editors", "tags", "promotion", "comments"})
"""Reasons of lines that have nothing of an article below them."""

_BETWEEN_NAMES = re.compile(r"\s?[–,/&]\s?|\s-\s")
_SENTENCE_ENDS = (".", "。", "!", "?", "”", '"')


def lines_below(
    lines: Sequence[str], end: int, cut: Mapping[int, str]
) -> tuple[dict[int, str], list[MetaLine]]:
    """Return the lines below the last paragraph that are no part of the article.

    Returns:
        The lines with their reasons, and what they state of the article. There are none where no
        paragraph stands above.
    """
    found: dict[int, str] = {}
    said: dict[int, MetaLine] = {}
    for i in range(end - 1, -1, -1):
        words = lines[i].strip()
        if not words or i in cut or i in found:
            continue
        if meta := meta_line(words, below=True):
            found[i], said[i] = meta.reason, meta
        elif reason := kind_of_end_line(words):
            found[i] = reason
        elif is_source_label(words):
            labelled = labelled_source(lines, i, end)
            found |= {place: meta.reason for place, meta in labelled.items()}
            said |= labelled
        elif ends_sentence(words) or paragraph_width(words):
            found |= _below_foot(lines, end, cut, found)
            return found, [said[place] for place in sorted(said)]
    return {}, []


def _below_foot(
    lines: Sequence[str], end: int, cut: Mapping[int, str], found: Mapping[int, str]
) -> dict[int, str]:
    """Return the other lines below the first line that no article has below it."""
    first = min((i for i, reason in found.items() if reason in _LAST), default=end)
    below = range(first, end)
    return {i: "page foot" for i in below if lines[i].strip() and i not in cut and i not in found}


def labelled_source(lines: Sequence[str], place: int, end: int) -> dict[int, MetaLine]:
    """Return the label of a source, and the line right below it if that is a name."""
    found = {place: MetaLine("source")}
    below = lines[place + 1].strip() if place + 1 < end else ""
    is_name = below and width(below) <= MAX_SIGNATURE and not below.endswith(_SENTENCE_ENDS)
    if is_name and heading_key(below) not in line_forms().headings:
        found[place + 1] = MetaLine("source", source=publisher_name(below))
    return found


def signatures(lines: Sequence[str], end: int, cut: Mapping[int, str]) -> dict[int, str]:
    """Return the short lines between an article and what follows it: names, agencies, sources."""
    found: dict[int, str] = {}
    for i in range(end - 1, -1, -1):
        words = lines[i].strip()
        if not words or i in cut:
            continue
        if width(words) > MAX_SIGNATURE or words.endswith(_SENTENCE_ENDS) or "\t" in words:
            break
        found[i] = "signature"
    return found if len(found) <= _MAX_SIGNATURES else {}


def last_signature(lines: Sequence[str], end: int, cut: Mapping[int, str]) -> dict[int, str]:
    """Return the last line if it is the name of a person and a whole article stands above."""
    last = [i for i in range(end) if lines[i].strip() and i not in cut][-2:]
    if len(last) < 2 or sum(paragraph_width(line.strip()) for line in lines) < MIN_ARTICLE:
        return {}
    above, name = (lines[i].strip() for i in last)
    names = _BETWEEN_NAMES.split(name)
    is_name = width(name) <= MAX_SIGNATURE and all(
        " " in each and is_person(each) for each in names
    )
    return {last[1]: "signature"} if is_name and ends_sentence(above) else {}
