"""The title of an official paper, which stands below the names of its issuer and its number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rag.text.data_files import toml_data

_LINES, _CHARACTERS = 20, 4000
"""Lines and characters at the beginning that are looked at. Chosen manually, not tuned."""

_LONGEST = 300
"""Characters of a title. Chosen manually, not tuned."""

_NUMBER_VI = re.compile(r"số\s*:\s*\S{0,20}/\S", re.IGNORECASE)
_NUMBER_ZH = re.compile(
    r"[〔［\[【(（]\s*(?:19|20)\d\d\s*[〕］\]】)）]\s*第?\s*\d{1,5}\s*[号號]|字第\s*\w{1,15}\s*[号號]"
)


@dataclass(frozen=True)
class _Words:
    kinds: frozenset[str]
    heads: tuple[str, ...]
    about: tuple[str, ...]
    not_about: tuple[str, ...]
    chinese_kinds: tuple[str, ...]
    chinese_about: tuple[str, ...]


@cache
def _words() -> _Words:
    data = toml_data("rag.text", "official_title.toml")
    vietnamese, chinese = data["vietnamese"], data["chinese"]
    return _Words(
        frozenset(vietnamese["kinds"]),
        tuple(vietnamese["heads"]),
        tuple(vietnamese["about"]),
        tuple(vietnamese["not_about"]),
        tuple(chinese["kinds"]),
        tuple(chinese["about"]),
    )


def is_kind_of_paper(title: str) -> bool:
    """Tell whether a title says no more than the kind of an official paper.

    >>> is_kind_of_paper("QUYẾT ĐỊNH"), is_kind_of_paper("Quyết định số 5 về cấp nước")
    (True, False)
    """
    return title.strip(" :").casefold() in _words().kinds


def official_title(text: str) -> str | None:
    """Return the title of an official paper in Vietnamese or Chinese; None for another text.

    A paper is known by the state's name or its own number in its head.

    Args:
        text: clean; titles have a line of their own.
    """
    lines = [line for line in _first_lines(text) if line]
    folded = [line.casefold() for line in lines]
    if any(head in line for line in folded for head in _words().heads) or any(
        map(_NUMBER_VI.match, lines)
    ):
        return _vietnamese(lines, folded)
    numbered = next((i for i, line in enumerate(lines) if _NUMBER_ZH.search(line)), None)
    return None if numbered is None else _chinese(lines[numbered + 1 :])


def _first_lines(text: str) -> Iterator[str]:
    for line in text[:_CHARACTERS].split("\n")[: 2 * _LINES]:
        yield " ".join(line.split())


def _vietnamese(lines: Sequence[str], folded: Sequence[str]) -> str | None:
    for i, line in enumerate(lines[:_LINES]):
        if is_kind_of_paper(line) and line == line.upper():
            about = lines[i + 1] if i + 1 < len(lines) else ""
            says = about and not about.casefold().startswith(_words().not_about)
            return f"{line.strip(' :')} {about}" if says and len(about) <= _LONGEST else line
        if folded[i].startswith(_words().about) and len(line) <= _LONGEST:
            return line
    return None


def _chinese(lines: Sequence[str]) -> str | None:
    for line in lines[:_LINES]:
        if line.startswith(_words().chinese_about):
            return line.partition("：")[2][:_LONGEST] or None
        if line.endswith(_words().chinese_kinds) and 6 <= len(line) <= _LONGEST // 3:
            return line
    return None
