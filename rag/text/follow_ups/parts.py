"""The names and the periods of a question, at their places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from rag.text.data_files import toml_data
from rag.text.dates.named import named_dates
from rag.text.names.matching import mentions
from rag.text.names.units import read_text

PartKind = Literal["place", "person", "name", "period"]
"""``name``: of anything but a place or a person, or of what is not known."""

_SPAN_OF_YEARS = r"(?<!\d)(?:1[89]|20)\d\d\s?[-–—~至到]\s?(?:1[89]|20)\d\d(?!\d)年?"
_RELATIVE = (
    r"\b(?:năm|tháng|tuần|nam|thang|tuan)\s(?:ngoái|nay|này|trước|tới|sau|kia|ngoai|truoc)\b"
    r"|\bhôm\s(?:qua|nay)\b|\bhom\s(?:qua|nay)\b"
    r"|[去今明前]年|[上本这這]个?個?[月周週]|[昨今]天"
    r"|\b(?:last|this|next)\s(?:year|month|week)\b|\b(?:yesterday|today)\b"
)
_PERIOD = re.compile(f"{_SPAN_OF_YEARS}|{_RELATIVE}", re.IGNORECASE)

_UNIT_BEFORE = re.compile(
    r"(?:\b(?:năm|ngày|tháng|quý|giai đoạn|nam|ngay|thang|year)\s+)+\Z", re.IGNORECASE
)
_UNIT_BEHIND = re.compile(r"\s?[年月日号號]+")

_CAPITAL = r"[^\W\d_a-zà-ỹđ]"
_CAPITALISED = re.compile(rf"(?<![\w]){_CAPITAL}[^\W_]*(?:[\s-]{_CAPITAL}[^\W_]*|\s\d+(?!\w))*")
"""Words that begin with a capital, one behind the other: in Vietnamese and English a name."""

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_QUOTED = re.compile('[《「『“"]([^》」』”"]{2,40})[》」』”"]')

_BEGINNING = re.compile(
    r"ai|khi|nào|gì|vì|tại|sao|ở|ông|bà|anh|chị|cô|ngày|năm|tháng|có|bao|theo|nước|còn|thế|vậy|và"
    r"|who|what|when|where|which|why|how|did|does|do|is|are|was|were|has|have|can|will|in|on|the|and"
    r"|but|or|so",
    re.IGNORECASE,
)
"""Words with which questions begin, before a name."""


@dataclass(frozen=True)
class Part:
    """A name or a period in a question.

    Attributes:
        kind: what it is.
        start: offset of its first character.
        end: offset behind its last character.
    """

    kind: PartKind
    start: int
    end: int


def parts_of(question: str) -> list[Part]:
    """Return the names and periods of a question in NFKC, in its order; none overlaps another.

    >>> text = "Việt Nam xuất khẩu bao nhiêu gạo năm 2020?"
    >>> [(part.kind, text[part.start : part.end]) for part in parts_of(text)]
    [('place', 'Việt Nam'), ('period', 'năm 2020')]
    """
    taken = bytearray(len(question))
    found = []
    for part in (*_periods(question), *_known_names(question), *_other_names(question)):
        if not any(taken[part.start : part.end]):
            taken[part.start : part.end] = b"\1" * (part.end - part.start)
            found.append(part)
    return sorted(found, key=lambda part: part.start)


def even(question: str) -> str:
    """Return a question in NFKC, with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", question).split())


def has_han(text: str) -> bool:
    """Tell whether a text has Han characters."""
    return _HAN.search(text) is not None


def _periods(question: str) -> Iterator[Part]:
    for match in _PERIOD.finditer(question):
        yield Part("period", *match.span())
    for named in sorted(named_dates(question), key=lambda each: each.start - each.end):
        before = _UNIT_BEFORE.search(question[: named.start])
        behind = _UNIT_BEHIND.match(question, named.end)
        start = before.start() if before else named.start
        yield Part("period", start, behind.end() if behind else named.end)


def _known_names(question: str) -> Iterator[Part]:
    units = read_text(question).units
    # Simplified characters have to stand where the question has its own.
    if units and units[-1].end > len(question):
        return
    kinds = _kinds()
    for mention in mentions(question):
        kind = kinds.get(mention.name.forms["en"][0], "name")
        yield Part(kind, units[mention.start].start, units[mention.end - 1].end)


def _other_names(question: str) -> Iterator[Part]:
    for match in _QUOTED.finditer(question):
        yield Part("name", *match.span())
    if has_han(question):
        # Words in Latin letters within Chinese are names, whatever their capitals.
        for match in re.finditer(r"[A-Za-zÀ-ỹ][A-Za-zÀ-ỹ\d.-]+", question):
            yield Part("name", *match.span())
        return
    if question.isupper():
        return
    for match in _CAPITALISED.finditer(question):
        start = match.start()
        if start == 0:
            # Any word has a capital at the beginning of a question.
            first, _, rest = match[0].partition(" ")
            if not rest and not (first.isupper() and len(first) > 1):
                continue
            if rest and _BEGINNING.fullmatch(first):
                start += len(first) + 1
        yield Part("name", start, match.end())


@cache
def _kinds() -> dict[str, PartKind]:
    """Return the kinds of known names, by their first English form."""
    known = toml_data("rag.text.follow_ups", "name_kinds.toml")
    kinds: tuple[PartKind, ...] = ("place", "person")
    return {name: kind for kind in kinds for name in known[kind]}
