"""Names that Vietnamese, Chinese and English write differently, as questions mention them.

Forms that are ordinary words as well are told from them by their capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.text.name_forms import Form, Name, Node, all_forms, also_words
from rag.text.name_text import NameText, Unit, read_text, words_of
from rag.text.syllables import is_syllable


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
            words = words_of(form)
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
class _Reading:
    """A form found in a text; ``bare`` where it was typed without its diacritics."""

    form: Form
    start: int
    end: int
    length: int
    bare: bool


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
    root = all_forms()
    read = read_text(text)
    result: list[_Reading] = []
    for start, unit in enumerate(read.units):
        if unit.bare in root.next:
            result.extend(_readings_from(root, read, start))
    return result


def _readings_from(root: Node, text: NameText, start: int) -> Iterator[_Reading]:
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


def _is_read(form: Form, bare: bool, text: NameText, start: int, end: int) -> bool:
    """Tell whether units whose letters are those of a form stand for it."""
    units = text.units[start:end]
    if bare and not _may_be_bare(form, units):
        return False
    if form.abbreviation and not all(unit.written.isupper() for unit in units):
        return False
    if form.syllable and _in_other_name(text, start):
        return False
    is_also_words = tuple(unit.word for unit in units) in also_words()
    if is_also_words and text.headline:
        return False
    # Among words with their diacritics, those without may well be complete: công an do.
    if form.syllable or is_also_words or (bare and text.marked):
        return all(
            unit.capital >= capital for unit, capital in zip(units, form.capitals, strict=True)
        )
    return True


def _may_be_bare(form: Form, units: Sequence[Unit]) -> bool:
    """Tell whether all that differs is that diacritics are missing, and the rest tells enough."""
    return not form.syllable and all(
        unit.word in (word, unit.bare) for unit, word in zip(units, form.words, strict=True)
    )


def _in_other_name(text: NameText, place: int) -> bool:
    """Tell whether a capitalised syllable stands beside: Minh Đức is not Germany.

    A text's first word has a capital anyway.
    """
    after = place + 1
    return (place > 1 and _is_name_part(text, place - 1, place)) or (
        after < len(text.units) and _is_name_part(text, after, after)
    )


def _is_name_part(text: NameText, place: int, second: int) -> bool:
    unit = text.units[place]
    gap = text.units[second].start - text.units[second - 1].end
    return text.joined[second] and gap == 1 and unit.capital and is_syllable(unit.bare)
