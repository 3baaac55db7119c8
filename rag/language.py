"""Which language a text is in: the script decides first, langdetect among the Latin ones."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

_SAMPLE = 4000
"""Characters looked at; more does not change the verdict and takes longer."""

_PRIOR = {"vi": 0.45, "en": 0.45}
"""What is expected before a letter is read; all other languages share the rest. Set by hand, not
fitted to any data: archives hold the three languages, Chinese is told by its script."""

_KANA_SHARE = 0.1
_lock = threading.Lock()


@dataclass(frozen=True)
class Language:
    """An ISO 639-1 code, ``und`` when there is nothing to go by, and for Chinese the script."""

    code: str
    script: str | None = None


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
    return _by_letters(_without_names(text)) if counts["latin"] + counts["other"] else UNKNOWN


def parse_tag(tag: str) -> Language:
    """Read a language tag a person gave, such as ``vi``, ``en-GB`` or ``zh-TW``.

    Raises:
        ValueError: it is none.

    >>> parse_tag("zh-TW"), parse_tag("EN_us")
    (Language(code='zh', script='Hant'), Language(code='en', script=None))
    """
    code, *rest = tag.strip().lower().replace("_", "-").split("-")
    if not re.fullmatch("[a-z]{2,3}", code):
        raise ValueError(f"no language tag: {tag[:40]!r}; give vi, zh, en or another ISO code")
    if code != "zh":
        return Language(code)
    if {"hant", "tw", "hk", "mo"} & set(rest):
        return Language(code, "Hant")
    return Language(code, "Hans" if {"hans", "cn", "sg"} & set(rest) else None)


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


def _without_names(text: str) -> str:
    """Leave out capitalised words with diacritics, so that "Who is Võ Nguyên Giáp?" is English."""
    words = text.split()
    rest = [word for word in words if word.isascii() or word.islower()]
    return " ".join(rest if any(word.isalpha() for word in rest) else words)


def _by_letters(text: str) -> Language:
    from langdetect import DetectorFactory, LangDetectException, detector_factory

    with _lock:
        detector_factory.init_factory()
        DetectorFactory.seed = 0
        detector = detector_factory._factory.create()
    others = (1 - sum(_PRIOR.values())) / (len(detector.langlist) - len(_PRIOR))
    detector.set_prior_map({code: _PRIOR.get(code, others) for code in detector.langlist})
    detector.append(text.lower() if text.isupper() else text)
    try:
        code = detector.detect()
    except LangDetectException:
        return UNKNOWN
    return UNKNOWN if code == "unknown" else Language(code.split("-")[0])


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
