"""The terms that passages and questions are matched by, word for word.

The same analysis serves both sides: a question is analysed as a text in the language of the
passages it is matched against. Terms are for matching only and are never shown; articles keep
their own characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise

from rag.text.chinese import simplified

FIELDS = ("words", "folded", "pairs")

ANALYSIS = 1
"""Goes up whenever a text gives other terms than before: stored ones match no longer."""

_LONGEST = 64
"""Characters of a term. Longer ones, such as hashes and encoded bytes, are cut there, so that a
pasted one still finds its passage."""

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_NO_MARK_TO_REMOVE = str.maketrans("đðøłı", "ddoli")

# Scripts without spaces between words: Thai, Lao, Myanmar, Khmer, kana, and Han with what is
# written like a Han character. Hangul has spaces.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_TOKENS = re.compile(rf"(?P<run>[{_UNSPACED}]+)|(?P<word>[^\s{_UNSPACED}]+)|(?P<end>\n)")


@dataclass(frozen=True)
class Terms:
    """The terms of one text, in order, repeated as often as they occur; none holds white space.

    Attributes:
        words: syllables in Vietnamese, segmented words in Chinese, stems in English, words as they
            stand in other languages.
        folded: words without diacritics, unstemmed: what a question typed without them matches;
            in Chinese only those between the Han characters.
        pairs: adjacent words (in Vietnamese, syllables) without diacritics, joined by ``_``, not
            across punctuation or line ends; adjacent characters of scripts without spaces.
    """

    words: list[str] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)


def terms(text: str, language: str) -> Terms:
    """Return the terms of any text, read as one in ``language`` (``vi``, ``zh``, ``en``, others).

    Case, compatibility forms (full-width letters) and the way diacritics are encoded make no
    difference. Text without a letter or digit gives no terms.

    >>> terms("Hoà ở ASEAN", "vi")
    Terms(words=['hoà', 'ở', 'asean'], folded=['hoa', 'o', 'asean'], pairs=['hoa_o', 'o_asean'])
    >>> terms("聯合國ASEAN", "zh")
    Terms(words=['联合国', 'asean'], folded=['asean'], pairs=['联合', '合国'])
    >>> terms("Running naïvely", "en").words
    ['run', 'naïv']
    """
    result = Terms()
    even = _even(text)
    if language == "zh":
        even = simplified(even)
    for phrase in _phrases(even):
        if isinstance(phrase, str):
            result.pairs.extend(_character_pairs(phrase))
            if language == "zh":
                # Not as for search, which also gives the words within words: on CMRC 2018 and
                # DRCD that made R@1 no better, as the pairs find those.
                result.words.extend(map(_cut, _segmented()(phrase)))
            continue
        folded = [_folded(word) for word in phrase]
        result.folded.extend(folded)
        result.words.extend(_FORMS.get(language, _cut)(word) for word in phrase)
        # Without diacritics, or a question typed without them would match no pair, and two words
        # together are hardly ever ambiguous: on ViQuAD 2 its answers were found first in .75 of
        # the cases, else in .51; with diacritics typed it made no difference.
        result.pairs.extend(f"{left}_{right}" for left, right in pairwise(folded))
    return result


def _even(text: str) -> str:
    """Return the text without differences of case and compatibility, composed."""
    # Folding case can leave decomposed characters behind.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _phrases(even: str) -> Iterator[str | Sequence[str]]:
    """Yield runs of an unspaced script as they stand, and the words between two marks as a list."""
    words: list[str] = []
    for match in _TOKENS.finditer(even.translate(_KINDS)):
        if match.lastgroup == "word":
            # Without a letter (a mark on its own) there is nothing left of it either.
            if _folded(match[0]):
                words.append(match[0])
            continue
        if words:
            yield words
            words = []
        if match.lastgroup == "run":
            yield match[0]
    if words:
        yield words


class _Kinds(dict[int, str]):
    """What a character is replaced by before splitting; filled as characters are first met.

    Letters, digits and the marks on them stay (a regular expression's words end at the vowel signs
    of many scripts); space is a space; anything else separates phrases, as a line end does.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        category = unicodedata.category(character)
        if character.isalnum() or category[0] == "M":
            kind = character
        else:
            kind = " " if category == "Zs" or character == "\t" else "\n"
        self[code] = kind
        return kind


_KINDS = _Kinds()


def _cut(word: str) -> str:
    return word[:_LONGEST]


@lru_cache(maxsize=1 << 15)
def _folded(word: str) -> str:
    """Return a word without diacritics; the vowel signs of other scripts are none and stay."""
    if word.isascii():
        return _cut(word)
    decomposed = unicodedata.normalize("NFKD", word)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    composed = unicodedata.normalize("NFC", bare.translate(_NO_MARK_TO_REMOVE))
    return _cut("".join(composed.split()))


@lru_cache(maxsize=1 << 15)
def _syllable(word: str) -> str:
    """Return a Vietnamese syllable with its tone mark at its end, wherever it was written."""
    if word.isascii():
        return _cut(word)
    decomposed = unicodedata.normalize("NFD", word)
    toneless = _TONES.sub("", decomposed)
    return _cut(unicodedata.normalize("NFC", toneless + "".join(_TONES.findall(decomposed))))


@lru_cache(maxsize=1 << 15)
def _stem(word: str) -> str:
    stems = _stemmer()(word)
    return _cut(stems[0] if stems else word)


def _character_pairs(run: str) -> list[str]:
    """Return the pairs of adjacent characters; a single character stands for itself."""
    return [left + right for left, right in pairwise(run)] or [run]


_FORMS: dict[str, Callable[[str], str]] = {"vi": _syllable, "en": _stem}

# The three below are loaded when first used, which takes up to .1 s. Threads that come at the same
# moment may each load one; they are alike, and all can be used by many threads.


@cache
def _segmented() -> Callable[[str], list[str]]:
    import rjieba

    return rjieba.cut


@cache
def _stemmer() -> Callable[[str], list[str]]:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("english")).build().analyze
