"""All names, and the forms that they are looked for in.

``names.tsv`` holds a name a line: its forms in each language, the fullest first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from rag.text.name_text import read_text, words_of
from rag.text.syllables import is_syllable

_ABBREVIATION = 6
"""Letters of the longest forms that match in capitals only."""

_ALSO_WORDS = """
aids; ai len; an do; ba lan; bac han; bao dai; bien den; bien do; bien dong; biển đen; biển đỏ;
bo tay; bờ tây; chi le; con minh; da nang; dac lo; dai bac; dai te; dang tan; doi moi; gia long;
hai nam; han thanh; hong hai; islamic state; khong tu; la hay; le loi; ma cao; ma lai; ma van; musk;
nam han; nam kinh; nam phi; nhà nước hồi giáo; nhà trắng; nha trang; noi mong; nuoc ao; nuoc bi;
nuoc duc; pentagon; pho nghi; thanh do; thuong hai; to lam; trump; trung a; turkey; us; van nam;
van tuong; vong cac; west bank; white house; who
"""
"""As people type them; without diacritics many are other words as well: hai nam, two years."""

_NO_NAMES = """
发展中国家; 其中国; 其中共; 南美国家; 北美国家; 中美国家; 拉美国家; 欧美国家; 司法国家; 道德国家;
今日本报; 南非洲; 朝鲜族; 非典型; 新冠军; 中东部; 西南联大; 南海区; 南沙区; 股东协;
山东协; new mexico;
châu mỹ; nam mỹ; bắc mỹ; trung mỹ; thẩm mỹ; mỹ phẩm; mỹ thuật; mỹ nghệ; pháp luật; pháp lý;
pháp lệnh; pháp nhân; pháp chế; nhật ký; nhật báo; nhật thực; đức tính; đức tin; đức phật; hằng nga
"""
"""What looks as if a name stood in it."""


@dataclass(frozen=True)
class Name:
    """One name in three languages.

    Attributes:
        forms: how it is written in ``vi``, ``zh`` (Simplified) and ``en``, the fullest first.
    """

    forms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Form:
    """A form as it is looked for; what is no name has none."""

    name: Name | None
    words: tuple[str, ...]
    capitals: tuple[bool, ...]
    abbreviation: bool
    syllable: bool
    """Whether it is a single word that could be part of a Vietnamese name."""


@dataclass(frozen=True)
class Node:
    """What can follow in a form, by words without diacritics, and the forms that end here."""

    next: dict[str, Node] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)


@cache
def also_words() -> frozenset[tuple[str, ...]]:
    """Return the words of forms that are ordinary words as well."""
    return frozenset(map(words_of, _ALSO_WORDS.split(";")))


@cache
def all_forms() -> Node:
    """Return all forms, of names and of what is none, as one tree."""
    root = Node()
    for name in _names():
        # A form that several languages share is one.
        for form in dict.fromkeys(form for forms in name.forms.values() for form in forms):
            _add(root, form, name)
    for form in _NO_NAMES.split(";"):
        _add(root, form.strip(), None)
    return root


def _add(root: Node, written: str, name: Name | None) -> None:
    units = read_text(written).units
    node = root
    for unit in units:
        node = node.next.setdefault(unit.bare, Node())
    letters = written.replace(".", "")
    abbreviation = letters.isalpha() and letters.isupper() and len(letters) <= _ABBREVIATION
    form = Form(
        name,
        words=tuple(unit.word for unit in units),
        capitals=tuple(unit.capital for unit in units),
        abbreviation=abbreviation,
        syllable=len(units) == 1 and not abbreviation and is_syllable(units[0].bare),
    )
    node.forms.append(form)


def _names() -> Iterator[Name]:
    header, *lines = (
        files("rag.text").joinpath("names.tsv").read_text(encoding="utf-8").splitlines()
    )
    languages = header.split("\t")
    for line in lines:
        columns = [tuple(column.split(";")) for column in line.split("\t")]
        yield Name(MappingProxyType(dict(zip(languages, columns, strict=True))))
