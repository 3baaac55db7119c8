"""The language of a few words in Latin letters, such as "mèo", "gia vang" or "rice exports".

Letters alone say little about so few of them. So the words are compared with those of Vietnamese
and English. These two languages, and those that are expected, come first where the evidence for
another one is weak. All values are natural logarithms of likelihoods. The constants were searched
for with the tuned halves of ``python -m eval.language`` and half of the topics of treebanks in
view, and rounded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.text.evidence.letters import by_letters, by_runs, by_sentence
from rag.text.evidence.words import bare_vietnamese, english, is_english, vietnamese
from rag.text.syllables import is_spelled_syllable, is_syllable

MOST_WORDS = 6
"""Words of a short text."""

_WORD = re.compile(r"[^\W\d_]+")

_FIRST = 3.5
_FREQUENT = 1.5
"""What Vietnamese, English and expected languages have before a word is read, and what the
languages of :data:`_IN_NEWS` have."""

_IN_NEWS = frozenset(("de", "es", "fr", "id", "it", "nl", "pt"))
"""Languages that are likelier than the other 170. Chosen manually."""

_NAMES = 4.0
"""Added to :data:`_FIRST` where all words have capitals: names say little about a language."""

_FOREIGN_LETTERS = -1.7
"""What a word with diacritics adds to English."""

_ONE_WORD = 5.0
_HALF = 0.7
"""Added to English where the only word, and where half of the words, are known English ones."""

_BESIDE_LOWER_CASE = 0.5
"""Weight of a word with a capital beside words without one: it may be a name of any language."""

_LONGEST_ABBREVIATION = 8
_SHORTEST_SHOUTED = 4
"""Letters of the longest abbreviation, and of a word in capitals up to which it is taken for one
even if it is an English word (WHO, AIDS). Chosen manually."""


@dataclass(frozen=True)
class _Word:
    """A word that says something.

    Attributes:
        text: in lower case.
        capital: whether it is written with a capital.
    """

    text: str
    capital: bool


def language_of_words(
    text: str, expected: Collection[str] = (), *, runs: bool = True
) -> str | None:
    """Return the code of a short text's language; None if nothing in it tells languages apart.

    Abbreviations (ASEAN), names of brands that have capitals within (VinFast) and numbers are the
    same in all languages.

    Args:
        text: in NFC, with at most :data:`MOST_WORDS` words, in Latin letters.
        expected: codes of languages that are as likely as Vietnamese and English.
        runs: whether langdetect's counts are used.

    >>> [language_of_words(text) for text in ("mèo", "gia vang", "rice exports", "NATO 2024")]
    ['vi', 'vi', 'en', None]
    """
    words = _telling(text)
    if not words:
        return None
    if _is_head_after_name(words):
        words = [word for word in words if not word.capital]
    names = all(word.capital for word in words)
    # A single word with a capital need not be a name: a sentence begins with one.
    sentence_case = words[0].capital and sum(word.capital for word in words) == 1
    letters = [word.text for word in words if names or sentence_case or not word.capital]
    sentence = by_sentence(" ".join(letters), latin=True)
    of_runs = by_runs(letters) if runs else {}
    first = {"vi", "en", *expected}
    ahead = _FIRST + (_NAMES if names else 0)
    scores = {
        code: by_letters(sentence, of_runs, code)
        + (ahead if code in first else _FREQUENT if code in _IN_NEWS else 0)
        for code in sorted({*sentence, *first})
    }
    scores["en"] += _english(words)
    scores["vi"] += _vietnamese(words)
    return max(scores, key=lambda code: scores[code])


def _telling(text: str) -> Sequence[_Word]:
    """Return the words of a text without abbreviations and names of brands."""
    found = _WORD.findall(text)
    if all(map(str.isupper, found)):
        lower = [word.lower() for word in found]
        return [
            _Word(word, capital=False) for word in lower if not _is_abbreviation(word, len(found))
        ]
    return [
        _Word(word.lower(), capital=not word.islower())
        for word in found
        if word[1:].islower() or word.islower() or (len(word) == 1 and not word.isascii())
    ]


def _is_abbreviation(word: str, words: int) -> bool:
    """Tell whether a word that was written in capitals is no word of Vietnamese or English.

    Args:
        word: in lower case.
        words: how many words the text has, which are all in capitals.
    """
    if not word.isascii() or len(word) > _LONGEST_ABBREVIATION:
        return False
    if words > 1 and is_syllable(word):
        return False
    return len(word) <= _SHORTEST_SHOUTED or not is_english(word)


def _english(words: Sequence[_Word]) -> float:
    result = sum(
        _weight(word, words) * (english(word.text) if word.text.isascii() else _FOREIGN_LETTERS)
        for word in words
    )
    known = [word for word in words if word.text.isascii() and is_english(word.text)]
    if known and len(words) == 1:
        result += _ONE_WORD
    elif 2 * len(known) >= len(words):
        result += _HALF
    return result


def _vietnamese(words: Sequence[_Word]) -> float:
    if all(word.text.isascii() for word in words):
        beside = [word.text for word in words if not word.capital]
        if beside and not any(map(is_syllable, beside)):
            return bare_vietnamese(beside)  # "Who is Ho Chi Minh?"
        return bare_vietnamese([word.text for word in words])
    # A foreign name in a Vietnamese question says nothing: "bão Yagi".
    own = [word for word in words if not (word.capital and word.text.isascii())] or words
    return sum(_weight(word, words) * vietnamese(word.text) for word in own)


def _weight(word: _Word, words: Sequence[_Word]) -> float:
    beside = word.capital and not all(each.capital for each in words)
    return _BESIDE_LOWER_CASE if beside else 1.0


def _is_head_after_name(words: Sequence[_Word]) -> bool:
    """Tell whether syllables with capitals are followed by English words: "Hà Nội weather".

    Vietnamese has its names last: "tour Đà Lạt".
    """
    rest = [word.text for word in words if not word.capital]
    name = [word.text for word in words if word.capital]
    return (
        words[0].capital
        and not words[-1].capital
        and all(is_syllable(word) or is_spelled_syllable(word) for word in name)
        and all(
            word.isascii() and is_english(word) and not is_spelled_syllable(word) for word in rest
        )
    )
