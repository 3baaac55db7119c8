"""Names that Vietnamese, Chinese and English write differently, as questions mention them.

``names.tsv`` holds a name a line: its forms in each language, the fullest first. Forms that are
ordinary words as well are told from them by their capitals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType

from rag.chinese import simplified
from rag.syllables import is_syllable

_ABBREVIATION = 6
"""Letters of the longest forms that match in capitals only."""

_HEADLINE = 3
"""Words of a text in capitals from which on capitals no longer tell a name from a word."""

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAS_HAN = re.compile(f"[{_HAN}]")
_UNITS = re.compile(rf"[{_HAN}]|(?:[^\W_{_HAN}]+[\u0300-\u036f]*)+")

# What may stand between two words of a name, and between its Han characters.
_BETWEEN_WORDS = re.compile(r"[ .,'’&/·\-‐-―]{1,3}")
_BETWEEN_HAN = re.compile(r"[·•・‧(\-‐-―]?")

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_NO_MARK_TO_REMOVE = str.maketrans("đðøłı", "ddoli")

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
class Mention:
    """A name at its place in a text.

    Attributes:
        start: words before it; a Han character counts as one.
        end: words up to its end.
    """

    name: Name
    start: int
    end: int


def names_in(text: str) -> list[Name]:
    """Return the names a text mentions, each once, in the order of the text.

    Vietnamese may lack its diacritics, Chinese may be Traditional. Abbreviations match in capitals
    only.

    >>> [name.forms["en"][0] for name in names_in("LHQ và 世衛組織")]
    ['United Nations', 'World Health Organization']
    >>> names_in("who told us?")
    []
    """
    return list({id(mention.name): mention.name for mention in mentions(text)}.values())


def mentions(text: str) -> list[Mention]:
    """Return where a text mentions names. Of those that overlap the longest stays.

    >>> [(found.start, found.end) for found in mentions("ở Thành phố Hồ Chí Minh và Hà Nội")]
    [(1, 6), (7, 9)]
    """
    return [
        Mention(reading.form.name, reading.start, reading.end)
        for reading in _longest(_readings(text))
        if reading.form.name
    ]


def expansions(text: str, language: str) -> list[str]:
    """Return the forms in one language of the names in a text that do not stand in it already.

    Vietnamese forms typed without diacritics are given with them; Chinese is Simplified, and
    Traditional forms in the text count as such.

    >>> expansions("聯合國何時成立？", "vi")
    ['Liên Hợp Quốc', 'Liên Hiệp Quốc', 'LHQ']
    >>> expansions("聯合國何時成立？", "zh")
    []
    """
    readings = _readings(text)
    given = {reading.form.words for reading in readings if not reading.bare}
    result = []
    for reading in _longest(readings):
        if reading.form.name is None:
            continue
        for form in reading.form.name.forms.get(language, ()):
            words = _words_of(form)
            if words not in given:
                given.add(words)
                result.append(form)
    return result


def spelled_out(question: str, language: str) -> str:
    """Return a question with the full forms of its abbreviations behind it, as it is encoded.

    A model may know a name and not its abbreviation.

    >>> spelled_out("LHQ là gì?", "vi")
    'LHQ là gì? (Liên Hợp Quốc)'
    """
    missing = set(expansions(question, language))
    typed = set(re.findall(r"[A-ZĐ]{2,6}", question))
    full = [
        name.forms[language][0]
        for name in names_in(question)
        if language in name.forms
        and name.forms[language][0] in missing
        and any(form in typed for forms in name.forms.values() for form in forms)
    ]
    return f"{question} ({', '.join(full)})" if full else question


@dataclass(frozen=True)
class _Unit:
    """A word or a Han character, as written, in lower case, and without diacritics."""

    written: str
    word: str
    bare: str
    start: int
    end: int

    @property
    def capital(self) -> bool:
        return self.written[0].isupper()


@dataclass(frozen=True)
class _Form:
    """A form as it is looked for; what is no name has none."""

    name: Name | None
    words: tuple[str, ...]
    capitals: tuple[bool, ...]
    abbreviation: bool
    syllable: bool
    """Whether it is a single word that could be part of a Vietnamese name."""


@dataclass(frozen=True)
class _Reading:
    """A form found in a text; ``bare`` where it was typed without its diacritics."""

    form: _Form
    start: int
    end: int
    length: int
    bare: bool


@dataclass(frozen=True)
class _Node:
    """What can follow in a form, by words without diacritics, and the forms that end here."""

    next: dict[str, _Node] = field(default_factory=dict)
    forms: list[_Form] = field(default_factory=list)


@dataclass(frozen=True)
class _Text:
    units: Sequence[_Unit]
    joined: Sequence[bool]
    """Whether each unit can belong to the same name as the one before."""
    marked: bool
    """Whether anything in it has diacritics."""
    headline: bool
    """Whether all of it is in capitals."""


def _longest(readings: Sequence[_Reading]) -> list[_Reading]:
    """Return readings that do not overlap, in the order of the text, preferring long ones."""
    taken: set[int] = set()
    result = []
    for reading in sorted(readings, key=lambda each: (-each.length, each.bare, each.start)):
        places = range(reading.start, reading.end)
        if taken.isdisjoint(places):
            taken.update(places)
            result.append(reading)
    return sorted(result, key=lambda each: each.start)


def _readings(text: str) -> list[_Reading]:
    root = _forms()
    read = _read(text)
    result: list[_Reading] = []
    for start, unit in enumerate(read.units):
        if unit.bare in root.next:
            result.extend(_readings_from(root, read, start))
    return result


def _readings_from(root: _Node, text: _Text, start: int) -> Iterator[_Reading]:
    node = root
    for end in range(start + 1, len(text.units) + 1):
        unit = text.units[end - 1]
        follows = end == start + 1 or text.joined[end - 1]
        if not follows or unit.bare not in node.next:
            return
        node = node.next[unit.bare]
        for form in node.forms:
            units = text.units[start:end]
            bare = any(each.word != word for each, word in zip(units, form.words, strict=True))
            if _is_read(form, bare, text, start, end):
                length = unit.end - text.units[start].start
                yield _Reading(form, start, end, length, bare)


def _is_read(form: _Form, bare: bool, text: _Text, start: int, end: int) -> bool:
    """Tell whether units whose letters are those of a form stand for it."""
    units = text.units[start:end]
    if bare and not _may_be_bare(form, units):
        return False
    if form.abbreviation and not all(unit.written.isupper() for unit in units):
        return False
    if form.syllable and _in_other_name(text, start):
        return False
    also_words = tuple(unit.word for unit in units) in _also_words()
    if also_words and text.headline:
        return False
    # Among words with their diacritics, those without may well be complete: công an do.
    if form.syllable or also_words or (bare and text.marked):
        return all(
            unit.capital >= capital for unit, capital in zip(units, form.capitals, strict=True)
        )
    return True


def _may_be_bare(form: _Form, units: Sequence[_Unit]) -> bool:
    """Tell whether all that differs is that diacritics are missing, and the rest tells enough."""
    return not form.syllable and all(
        unit.word in (word, unit.bare) for unit, word in zip(units, form.words, strict=True)
    )


def _in_other_name(text: _Text, place: int) -> bool:
    """Tell whether a capitalised syllable stands beside: Minh Đức is not Germany.

    A text's first word has a capital anyway.
    """
    after = place + 1
    return (place > 1 and _is_name_part(text, place - 1, place)) or (
        after < len(text.units) and _is_name_part(text, after, after)
    )


def _is_name_part(text: _Text, place: int, second: int) -> bool:
    unit = text.units[place]
    gap = text.units[second].start - text.units[second - 1].end
    return text.joined[second] and gap == 1 and unit.capital and is_syllable(unit.bare)


def _read(text: str) -> _Text:
    text = unicodedata.normalize("NFKC", text)
    han = _HAS_HAN.search(text) is not None
    if han:
        text = simplified(text)
    units = [_unit(match) for match in _UNITS.finditer(text)]
    joined = [False, *(_is_joined(text, left, right) for left, right in pairwise(units))]
    return _Text(
        units,
        joined,
        marked=any(unit.word != unit.bare for unit in units),
        headline=len(units) > _HEADLINE and not han and text.isupper(),
    )


def _unit(match: re.Match[str]) -> _Unit:
    written = match[0]
    word, bare = _word(written)
    return _Unit(written, word, bare, match.start(), match.end())


def _is_joined(text: str, left: _Unit, right: _Unit) -> bool:
    words = not (_HAS_HAN.match(left.written) or _HAS_HAN.match(right.written))
    between = _BETWEEN_WORDS if words else _BETWEEN_HAN
    return between.fullmatch(text, left.end, right.start) is not None


@lru_cache(maxsize=1 << 14)
def _word(written: str) -> tuple[str, str]:
    """Return a word in lower case with its tone mark at its end, and without diacritics."""
    word = written.casefold()
    if word.isascii():
        return word, word
    decomposed = unicodedata.normalize("NFKD", word)
    tones = "".join(_TONES.findall(decomposed))
    even = unicodedata.normalize("NFC", _TONES.sub("", decomposed) + tones)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    return even, unicodedata.normalize("NFC", bare.translate(_NO_MARK_TO_REMOVE))


@lru_cache(maxsize=1 << 14)
def _words_of(form: str) -> tuple[str, ...]:
    return tuple(unit.word for unit in _read(form).units)


@cache
def _also_words() -> frozenset[tuple[str, ...]]:
    return frozenset(map(_words_of, _ALSO_WORDS.split(";")))


@cache
def _forms() -> _Node:
    """Return all forms, of names and of what is none, as one tree."""
    root = _Node()
    for name in _names():
        # A form that several languages share is one.
        for form in dict.fromkeys(form for forms in name.forms.values() for form in forms):
            _add(root, form, name)
    for form in _NO_NAMES.split(";"):
        _add(root, form.strip(), None)
    return root


def _add(root: _Node, written: str, name: Name | None) -> None:
    units = _read(written).units
    node = root
    for unit in units:
        node = node.next.setdefault(unit.bare, _Node())
    letters = written.replace(".", "")
    abbreviation = letters.isalpha() and letters.isupper() and len(letters) <= _ABBREVIATION
    form = _Form(
        name,
        words=tuple(unit.word for unit in units),
        capitals=tuple(unit.capital for unit in units),
        abbreviation=abbreviation,
        syllable=len(units) == 1 and not abbreviation and is_syllable(units[0].bare),
    )
    node.forms.append(form)


def _names() -> Iterator[Name]:
    header, *lines = files("rag").joinpath("names.tsv").read_text(encoding="utf-8").splitlines()
    languages = header.split("\t")
    for line in lines:
        columns = [tuple(column.split(";")) for column in line.split("\t")]
        yield Name(MappingProxyType(dict(zip(languages, columns, strict=True))))
