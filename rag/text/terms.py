"""The terms by which lexical search matches questions with passages.

Both sides are analysed in the same way: a question is analysed as a text in the language of the
passages that it is matched against. Terms are for matching only and are never shown; articles keep
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
"""Version of the analysis. It is increased whenever a text gets other terms than before, because
stored terms do not match then."""

_MAX_TERM = 64
"""Characters of a term. Longer words, such as hashes and encoded bytes, are cut to this length in
questions and in passages, so that they still match."""

_MAX_READ = 512
"""Characters of a word that are read. The first :data:`_MAX_TERM` of them are kept, and a word of
any language is shorter; what is remembered of words stays small."""

_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_NO_MARK_TO_REMOVE = str.maketrans("đðøłı", "ddoli")

# Scripts without spaces between words: Thai, Lao, Myanmar, Khmer, kana, and Han with the marks that
# are written as Han characters. Hangul has spaces.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_TOKENS = re.compile(rf"(?P<run>[{_UNSPACED}]+)|(?P<word>[^\s{_UNSPACED}]+)|(?P<end>\n)")


@dataclass(frozen=True)
class Terms:
    """The terms of one text, in order, each as often as it occurs; no term has white space.

    Attributes:
        words: syllables in Vietnamese, segmented words in Chinese, stems in English, unchanged
            words in other languages.
        folded: words without diacritics, not stemmed, which match questions typed without
            diacritics; in Chinese only the words between the Han characters.
        pairs: two words in a row (in Vietnamese, syllables) without diacritics, joined by ``_``,
            but not across punctuation and line ends; two characters in a row in scripts without
            spaces.
    """

    words: list[str] = field(default_factory=list)
    folded: list[str] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)


def terms(text: str, language: str) -> Terms:
    """Return the terms of a text.

    Case, compatibility forms (full-width letters) and the way diacritics are encoded make no
    difference. A text without letters and digits has no terms.

    Args:
        text: any text.
        language: the language that the text is analysed in: ``vi``, ``zh``, ``en`` or another.

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
                # The segmenter's mode for search would add the words within words. On CMRC 2018 and
                # DRCD they did not improve R@1, as the pairs find them already.
                result.words.extend(map(_cut, _segmented()(phrase)))
            continue
        folded = [_folded(word) for word in phrase]
        result.folded.extend(folded)
        result.words.extend(_FORMS.get(language, _cut)(word) for word in phrase)
        # Pairs have no diacritics, so that questions typed without diacritics match them; two words
        # in a row are rarely ambiguous. On ViQuAD 2, R@1 of such questions is .75, and .51 for
        # pairs with diacritics; for questions with diacritics there is no difference.
        result.pairs.extend(f"{left}_{right}" for left, right in pairwise(folded))
    return result


def _even(text: str) -> str:
    """Return the text in NFKC with its case folded."""
    # Case folding can leave decomposed characters.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _phrases(even: str) -> Iterator[str | Sequence[str]]:
    """Yield runs of a script without spaces as strings, and words between two marks as lists."""
    words: list[str] = []
    for match in _TOKENS.finditer(even.translate(_KINDS)):
        if match.lastgroup == "word":
            word = match[0][:_MAX_READ]
            # Nothing is left of a mark without a letter.
            if _folded(word):
                words.append(word)
            continue
        if words:
            yield words
            words = []
        if match.lastgroup == "run":
            yield match[0]
    if words:
        yield words


class _Kinds(dict[int, str]):
    r"""By which character each character is replaced before a text is split; filled when needed.

    Letters, digits and the marks on them stay (``\w`` would end a word at the vowel signs of many
    scripts). Space becomes a space. Any other character separates phrases, like a line end.
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
    return word[:_MAX_TERM]


@lru_cache(maxsize=1 << 15)
def _folded(word: str) -> str:
    """Return a word without diacritics; the vowel signs of other scripts stay."""
    if word.isascii():
        return _cut(word)
    decomposed = unicodedata.normalize("NFKD", word)
    bare = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
    composed = unicodedata.normalize("NFC", bare.translate(_NO_MARK_TO_REMOVE))
    return _cut("".join(composed.split()))


@lru_cache(maxsize=1 << 15)
def _syllable(word: str) -> str:
    """Return a Vietnamese syllable with its tone mark moved to its end."""
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
    """Return the pairs of adjacent characters; a single character is returned alone."""
    return [left + right for left, right in pairwise(run)] or [run]


_FORMS: dict[str, Callable[[str], str]] = {"vi": _syllable, "en": _stem}

# These two are loaded when first used, which takes up to .1 s. Threads that call them at the same
# moment may each load one; that is harmless, and each can be used by many threads.


@cache
def _segmented() -> Callable[[str], list[str]]:
    import rjieba

    return rjieba.cut


@cache
def _stemmer() -> Callable[[str], list[str]]:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return TextAnalyzerBuilder(Tokenizer.raw()).filter(Filter.stemmer("english")).build().analyze
