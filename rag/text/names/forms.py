"""All names, and the forms that they are looked for in.

``names.tsv`` has a name in each row: its forms in each language, the fullest form first.
``exceptions.toml`` has forms that are ordinary words as well, and expressions that are no
names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from rag.text.data_files import toml_data, tsv_rows
from rag.text.names.units import read_text, words_of
from rag.text.syllables import is_syllable

_MAX_ABBREVIATION = 6
"""Letters of an abbreviation; only these forms have to be in capitals. Chosen manually, not
tuned."""


@dataclass(frozen=True)
class Name:
    """One name in three languages.

    Attributes:
        forms: how it is written in ``vi``, ``zh`` (Simplified) and ``en``, the fullest first.
    """

    forms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Form:
    """A form of a name, as it is looked for in a text.

    Attributes:
        name: the name; None for an expression that only looks like a name.
        words: the words of the form, in lower case.
        capitals: for each word, whether it begins with a capital.
        abbreviation: whether the form is one, and matches in capitals only.
        syllable: whether it is a single word that could be part of a Vietnamese name.
    """

    name: Name | None
    words: tuple[str, ...]
    capitals: tuple[bool, ...]
    abbreviation: bool
    syllable: bool


@dataclass(frozen=True)
class Node:
    """A node of the tree of forms.

    Attributes:
        next: nodes by the next word of a form, without diacritics.
        forms: the forms that end at this node.
    """

    next: dict[str, Node] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)


@cache
def also_words() -> frozenset[tuple[str, ...]]:
    """Return the words of forms that are ordinary words as well."""
    return frozenset(map(words_of, _exceptions()["also_words"]))


@cache
def all_forms() -> Node:
    """Return the forms of all names, and the expressions that are no names, as one tree."""
    root = Node()
    for name in _names():
        # Several languages may share a form, which is added once.
        for form in dict.fromkeys(form for forms in name.forms.values() for form in forms):
            _add(root, form, name)
    for expression in _exceptions()["not_names"]:
        _add(root, expression, None)
    return root


def _add(root: Node, written: str, name: Name | None) -> None:
    units = read_text(written).units
    node = root
    for unit in units:
        node = node.next.setdefault(unit.bare, Node())
    letters = written.replace(".", "")
    abbreviation = letters.isalpha() and letters.isupper() and len(letters) <= _MAX_ABBREVIATION
    form = Form(
        name,
        words=tuple(unit.word for unit in units),
        capitals=tuple(unit.capital for unit in units),
        abbreviation=abbreviation,
        syllable=len(units) == 1 and not abbreviation and is_syllable(units[0].bare),
    )
    node.forms.append(form)


def _names() -> Iterator[Name]:
    languages, *rows = tsv_rows("rag.text.names", "names.tsv")
    for row in rows:
        columns = [tuple(column.split(";")) for column in row]
        yield Name(MappingProxyType(dict(zip(languages, columns, strict=True))))


@cache
def _exceptions() -> dict[str, Any]:
    return toml_data("rag.text.names", "exceptions.toml")
