"""Leads that stand on a page twice: below its headline, and as the first words of its body."""

from __future__ import annotations

import re

from rag.readers.pages.story.main_text import letters
from rag.text.width import width
from tamngu.records.cut import Cut

_PREFIX = re.compile(r"\s*+[(（【]?[^()（）【】\n\-–—]{2,30}[)）】]?\s*+[-–—:：]+\s*+")
"""The agency or the place before the first sentence."""

_MIN_LEAD, _LINES = 40, 8
"""Width of a lead, and lines at the beginning of a text among which it may stand twice. Chosen
manually, not tuned."""

_GRAM, _SAME = 6, 0.9
"""Letters of the pieces by which texts are compared, and the share of them from which on one text
says what another says. Chosen manually, not tuned."""


def without_prefix(text: str) -> str:
    """Return a text without the agency or the place before its first sentence.

    >>> without_prefix("(Dân trí) - Ba xã được sơ tán."), without_prefix("Ba xã được sơ tán.")
    ('Ba xã được sơ tán.', 'Ba xã được sơ tán.')
    """
    match = _PREFIX.match(text[:60])
    return text[match.end() :] if match else text


def says_the_same(lead: str, body: str) -> bool:
    """Tell whether a body says a lead in the same words.

    Args:
        lead: letters of the lead.
        body: letters of the first paragraphs.
    """
    pieces = {lead[i : i + _GRAM] for i in range(len(lead) - _GRAM + 1)}
    there = {body[i : i + _GRAM] for i in range(len(body) - _GRAM + 1)}
    return bool(pieces) and len(pieces & there) >= _SAME * len(pieces)


def without_second(text: str) -> tuple[str, tuple[Cut, ...]]:
    """Return a text without the second of equal paragraphs at its beginning, and what was cut."""
    lines = text.split("\n")
    seen: set[str] = set()
    cut: list[Cut] = []
    kept: list[str] = []
    looked = 0
    for line in lines:
        if looked < _LINES and line.strip():
            looked += 1
            key = letters(without_prefix(line))
            if width(key) >= _MIN_LEAD and key in seen:
                cut.append(Cut(line.strip(), "said twice"))
                continue
            seen.add(key)
        kept.append(line)
    return ("\n".join(kept), tuple(cut)) if cut else (text, ())
