"""Which language a text is in: its scripts decide first, then its words and letters.

A text in Latin letters of few words is told by its words (:mod:`rag.text.evidence.short_texts`), a
longer one by its letters. fastText's model knows no Vietnamese without diacritics; that is told by
its syllables.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from rag.text.data_files import toml_data
from rag.text.evidence.letters import by_letters, by_runs, by_sentence, is_latin
from rag.text.evidence.scripts import chinese_script, is_japanese_in_kanji, script_of
from rag.text.evidence.short_texts import MOST_WORDS, language_of_words
from rag.text.syllables import is_syllable
from tamngu.records.language import Language

__all__ = ["LANGUAGES", "UNKNOWN", "chinese_script", "identify"]

LANGUAGES = ("vi", "zh", "en")
"""The languages of questions, on which the ranking was measured."""

_SAMPLE = 4000
"""Characters of a text that are looked at; more do not change the result and take longer."""

_FIRST = 2.3
"""How much likelier Vietnamese, English and the expected languages are, before a letter is read,
than any other language in Latin letters: the logarithm of 10. Chosen manually, not tuned."""

_KANA_SHARE = 0.1
"""Share of kana among a text's kana and Han characters, above which it is Japanese. Chosen
manually, not tuned."""

_WORD = re.compile(r"[^\W\d_]+")

_AROUND = dict.fromkeys(map(ord, '"“”„«»「」『』《》()[]{}'), " ")

_STOPS = dict.fromkeys(map(ord, ".,;:?!؟،。、"), " ")
"""A mark at the end of a word would change what fastText sees of a single word."""

_HAN_OR_HANGUL = frozenset(("zh", "ja", "ko", "wuu", "yue"))
"""Languages that are told by their scripts."""

_LATIN_WORD = re.compile("[A-Za-zÀ-ɏ\u1e00-\u1eff]+")

_ASKING = frozenset("是的吗嗎什甚谁誰哪怎")
"""Characters of Chinese questions that no name has. Chosen manually."""

_SYLLABLE_SHARE = 0.65
"""Share of a text's words that can be Vietnamese syllables without diacritics, from which on the
text is Vietnamese. Chosen manually, not tuned: the English sentences of UD-PUD have at most .62,
with a median of .24; of the Vietnamese sentences of UD-VTB 99.5% have .71 or more."""

_DOUBTFUL = 0.5
"""Probability of the likeliest language up to which fastText's opinion is not enough. Chosen
manually, not tuned."""

_MANY = 20
"""Words of a text up to which a second opinion is asked for. Chosen manually, not tuned."""

_CERTAIN = 0.9
"""Probability of another language from which on syllables do not count. Chosen manually, not
tuned."""

UNKNOWN = Language("und")


def identify(text: str, expected: Iterable[str] = (), *, runs: bool = True) -> Language:
    """Return the language that most of the text is in; the same text always has the same result.

    What is the same in all languages, such as "ASEAN", "NATO 2024" and "VinFast", is taken for the
    first expected language that is written in Latin letters. If there is none, and for numbers
    alone, it is the first expected language. If nothing is expected, it is English, and numbers are
    of no language.

    Args:
        text: any text.
        expected: codes of languages that the text is likely to be in, such as those of a
            collection, the likeliest first. They come before others as the three languages do.
        runs: use langdetect's counts for few words; without them to measure what they add.

    >>> identify("Tổng thư ký Liên Hợp Quốc thăm Việt Nam").code
    'vi'
    >>> identify("聯合國祕書長訪問越南")
    Language(code='zh', script='Hant')
    >>> identify("ASEAN").code, identify("ASEAN", ["zh", "vi"]).code
    ('en', 'vi')
    """
    # NFKC also makes full-width letters ordinary ones.
    text = unicodedata.normalize("NFKC", text[:_SAMPLE]).translate(_AROUND)
    likely = list(expected)
    counts = Counter(map(script_of, text))
    han, kana, hangul = counts["han"], counts["kana"], counts["hangul"]
    latin = sum(map(_latin_weight, text.split()))
    if hangul > max(han + kana, latin):
        return Language("ko")
    if kana + han > latin or (han and _asks_in_chinese(text, han)):
        if kana > _KANA_SHARE * (kana + han) or is_japanese_in_kanji(text):
            return Language("ja")
        if "ja" in likely and "zh" not in likely:
            return Language("ja")
        return Language("zh", chinese_script(text))
    if counts["other"] > counts["latin"]:
        return _by_other_letters(text)
    if not counts["latin"]:
        return Language(likely[0]) if likely else UNKNOWN
    found = _LATIN_WORD.findall(text)
    if len(found) > MOST_WORDS:
        return _by_letters(text, likely, runs=runs)
    code = language_of_words(text, list(filter(is_latin, likely)), runs=runs)
    return Language(code or next(filter(is_latin, likely), likely[0] if likely else "en"))


def _asks_in_chinese(text: str, han: int) -> bool:
    """Tell whether a text asks in Chinese about words in Latin letters: "xe ôm 是什么"."""
    return len(_LATIN_WORD.findall(text)) <= han and not _ASKING.isdisjoint(text)


def _latin_weight(word: str) -> float:
    """Return how many Han characters a word counts as.

    A capitalised word counts less: it may be a name in a Chinese sentence.
    """
    if script_of(word[0]) != "latin":
        return 0
    return 1.5 if word.islower() else 0.5


def _by_other_letters(text: str) -> Language:
    """Return the language of a text in Thai, Cyrillic, Arabic or other letters."""
    found = by_sentence(" ".join(text.translate(_STOPS).split()), latin=False)
    other = [code for code in found if code == "sr" or not is_latin(code)]
    code = max(set(other) - _HAN_OR_HANGUL, key=lambda code: found[code], default=UNKNOWN.code)
    return Language(code)


def _without_names(words: Sequence[str]) -> Sequence[str]:
    """Return the words without those that have a capital and diacritics, unless none is left.

    "Who is Võ Nguyên Giáp?" is English.
    """
    rest = [word for word in words if word.isascii() or word.islower()]
    return rest if any(word.isalpha() for word in rest) else words


def _by_letters(text: str, expected: Sequence[str], *, runs: bool) -> Language:
    words = _without_names((text.lower() if text.isupper() else text).split())
    line = " ".join(words)
    found = by_sentence(line, latin=True)
    if not found:
        return UNKNOWN
    first = {"vi", "en", *expected}
    doubtful = runs and len(words) <= _MANY and max(found.values()) < _DOUBTFUL
    of_runs = by_runs(_WORD.findall(line.lower())) if doubtful else {}
    code = max(
        found,
        key=lambda code: by_letters(found, of_runs, code) + (_FIRST if code in first else 0),
    )
    if code != "vi" and found[code] < _CERTAIN and _is_bare_vietnamese(words):
        code = "vi"
    return Language(code)


def _is_bare_vietnamese(words: Sequence[str]) -> bool:
    """Tell whether words can be Vietnamese typed without diacritics; names do not count."""
    letters = _LATIN_WORD.findall(" ".join(words))
    if not all(map(str.isascii, letters)):
        return False
    plain = [word for word in letters if word.islower()]
    if len(plain) < 2:
        plain = [word.lower() for word in letters]
    telling = [word for word in plain if word not in _ambiguous_words()]
    return bool(telling) and sum(map(is_syllable, telling)) >= _SYLLABLE_SHARE * len(telling)


@cache
def _ambiguous_words() -> frozenset[str]:
    """Return English words that could be Vietnamese syllables too."""
    return frozenset(toml_data("rag.text", "english_not_vietnamese.toml")["words"])
