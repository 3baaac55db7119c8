"""The numbered parts of laws, charters and contracts: Điều 3, 第三条, Article 3, Chương II.

A question asks for such a part by its number. The text of the part stands below its heading and
need not have the number again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text.chinese import simplified_in_place
from rag.text.numbers.han import han_number

LEVELS = ("part", "chapter", "section", "article")
"""Kinds of parts, the widest first: a heading ends the parts of its own and of narrower kinds."""

_WORDS = {
    "phần": "part",
    "part": "part",
    "编": "part",
    "chương": "chapter",
    "chapter": "chapter",
    "章": "chapter",
    "mục": "section",
    "section": "section",
    "sec.": "section",
    "§": "section",
    "节": "section",
    "điều": "article",
    "article": "article",
    "art.": "article",
    "条": "article",
}
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
HAN = "〇零一二两三四五六七八九十百千"

LATIN = (
    r"(?P<word>phần|chương|mục|điều|part|chapter|section|sec\.|article|art\.|§)\s{0,3}"
    r"(?P<number>\d{1,4}[a-zđ]?|[ivxlc]{1,9})(?![^\W_]|[.,]\d)"
)
CHINESE = (
    rf"第\s?(?P<han>[{HAN}]{{1,9}}|\d{{1,4}})\s?(?P<unit>[编章节条])"
    rf"(?:之(?P<added>[{HAN}]{{1,3}}))?"
)


@dataclass(frozen=True)
class Provision:
    """A numbered part of a law, a charter or a contract.

    Attributes:
        kind: ``part``, ``chapter``, ``section`` or ``article``.
        number: in digits, with a letter or a second number where it was added later: 3, 3a, 3-1.
    """

    kind: str
    number: str


def provision_of(match: re.Match[str]) -> Provision:
    """Return the provision that a match of one of the two patterns names."""
    if match["word"]:
        number, kind = match["number"], _WORDS[match["word"]]
        if not number[0].isdigit():
            number = str(_roman(number))
        return Provision(kind, number.lstrip("0") or "0")
    han, added = match["han"], match["added"]
    number = han.lstrip("0") if han.isdigit() else str(han_number(han))
    return Provision(_WORDS[match["unit"]], f"{number}-{han_number(added)}" if added else number)


def _roman(letters: str) -> int:
    values = [_ROMAN[each] for each in letters]
    following = [*values[1:], 0]
    return sum(-one if one < two else one for one, two in zip(values, following, strict=True))


def even_text(text: str) -> str:
    """Return a text in lower case and Simplified characters, each at the place that it had."""
    even = simplified_in_place(text)
    lower = even.lower()
    return lower if len(lower) == len(text) else even
