"""Languages, and the tags that name them."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """A language.

    Attributes:
        code: of ISO 639-1; ``und`` where the language is not known.
        script: ``Hans`` or ``Hant`` for Chinese, where it is known; else None.
    """

    code: str
    script: str | None = None


def parse_tag(tag: str) -> Language:
    """Read a language tag, such as ``vi``, ``en-GB`` or ``zh-TW``.

    Raises:
        ValueError: it is not a language tag.

    >>> parse_tag("zh-TW"), parse_tag("EN_us")
    (Language(code='zh', script='Hant'), Language(code='en', script=None))
    """
    code, *rest = tag.strip().lower().replace("_", "-").split("-")
    if not re.fullmatch("[a-z]{2,3}", code):
        raise ValueError(f"{tag[:40]!r} is not a language tag; give vi, zh, en or another ISO code")
    if code != "zh":
        return Language(code)
    if {"hant", "tw", "hk", "mo"} & set(rest):
        return Language(code, "Hant")
    return Language(code, "Hans" if {"hans", "cn", "sg"} & set(rest) else None)
