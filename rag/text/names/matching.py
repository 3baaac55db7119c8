"""Names that Vietnamese, Chinese and English write differently, found in questions.

A form that is also an ordinary word is a name only if it has its capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.text.names.forms import Form, Name, Node, all_forms, also_words
from rag.text.names.units import NameText, Unit, read_text, words_of
from rag.text.syllables import is_syllable


@dataclass(frozen=True)
class Mention:
    """A name at its place in a text.

    Attributes:
        name: the name.
        start: number of words before the name; a Han character counts as a word.
        end: number of words up to the name's end.
    """

    name: Name
    start: int
    end: int


def names_in(text: str) -> list[Name]:
    """Return the names that a text mentions, each once, in the order of the text.

    Vietnamese may be typed without diacritics, Chinese may be in Traditional characters.
    Abbreviations match in capitals only.

    >>> [name.forms["en"][0] for name in names_in("LHQ và 世衛組織")]
    ['United Nations', 'World Health Organization']
    >>> names_in("who told us?")
    []
    """
    return list({id(mention.name): mention.name for mention in mentions(text)}.values())


def mentions(text: str) -> list[Mention]:
    """Return where a text mentions names; of mentions that overlap, only the longest.

    >>> [(found.start, found.end) for found in mentions("ở Thành phố Hồ Chí Minh và Hà Nội")]
    [(1, 6), (7, 9)]
    """
    return [
        Mention(match.form.name, match.start, match.end)
        for match in _longest(_matches(text))
        if match.form.name
    ]


def expansions(text: str, language: str) -> list[str]:
    """Return forms of the names in a text: those in one language that the text does not have.

    A Vietnamese form that the text has without its diacritics is returned with them. Chinese forms
    are in Simplified characters; the text has them if it has them in Traditional characters.

    >>> expansions("聯合國何時成立？", "vi")
    ['Liên Hợp Quốc', 'Liên Hiệp Quốc', 'LHQ']
    >>> expansions("聯合國何時成立？", "zh")
    []
    """
    matches = _matches(text)
    present = {match.form.words for match in matches if not match.bare}
    result = []
    for match in _longest(matches):
        if match.form.name is None:
            continue
        for form in match.form.name.forms.get(language, ()):
            words = words_of(form)
            if words not in present:
                present.add(words)
                result.append(form)
    return result


def spelled_out(question: str, language: str) -> str:
    """Return a question, followed by the full forms of its abbreviations.

    So it is encoded: an encoder may know a name and not its abbreviation.

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
class _FormMatch:
    """A form that was found in a text.

    Attributes:
        form: the form.
        start: number of words before it.
        end: number of words up to its end.
        length: in characters.
        bare: whether the text has it without its diacritics.
    """

    form: Form
    start: int
    end: int
    length: int
    bare: bool


def _longest(matches: Sequence[_FormMatch]) -> list[_FormMatch]:
    """Return matches that do not overlap, in the order of the text; long ones are preferred."""
    taken: set[int] = set()
    result = []
    for match in sorted(matches, key=lambda each: (-each.length, each.bare, each.start)):
        places = range(match.start, match.end)
        if taken.isdisjoint(places):
            taken.update(places)
            result.append(match)
    return sorted(result, key=lambda each: each.start)


@lru_cache(maxsize=64)
def _matches(text: str) -> Sequence[_FormMatch]:
    """Return all forms in a text; one question is looked at for each language in turn."""
    root = all_forms()
    read = read_text(text)
    result: list[_FormMatch] = []
    for start, unit in enumerate(read.units):
        if unit.bare in root.next:
            result.extend(_matches_from(root, read, start))
    return tuple(result)


def _matches_from(root: Node, text: NameText, start: int) -> Iterator[_FormMatch]:
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
            if _is_form(form, bare, text, start, end):
                length = unit.end - text.units[start].start
                yield _FormMatch(form, start, end, length, bare)


def _is_form(form: Form, bare: bool, text: NameText, start: int, end: int) -> bool:
    """Tell whether units that have the letters of a form are that form, and not other words."""
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
    # In a text with diacritics, a word without them may be another word: công an do.
    if form.syllable or is_also_words or (bare and text.marked):
        return all(
            unit.capital >= capital for unit, capital in zip(units, form.capitals, strict=True)
        )
    return True


def _may_be_bare(form: Form, units: Sequence[Unit]) -> bool:
    """Tell whether units are a form of several words and lack nothing but diacritics."""
    return not form.syllable and all(
        unit.word in (word, unit.bare) for unit, word in zip(units, form.words, strict=True)
    )


def _in_other_name(text: NameText, place: int) -> bool:
    """Tell whether a capitalised syllable stands beside a unit: Minh Đức is not Germany.

    The first word of a text does not count: it always has a capital.
    """
    after = place + 1
    return (place > 1 and _is_name_part(text, place - 1, place)) or (
        after < len(text.units) and _is_name_part(text, after, after)
    )


def _is_name_part(text: NameText, place: int, second: int) -> bool:
    unit = text.units[place]
    gap = text.units[second].start - text.units[second - 1].end
    return text.joined[second] and gap == 1 and unit.capital and is_syllable(unit.bare)
