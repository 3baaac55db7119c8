"""Languages, and the tags that name them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tamngu.records.language_codes import MEANT, SAME_AS, SCRIPTS, TWO_LETTERS

_LONGEST = 100
"""Characters of a tag; real ones have 35 at most."""

_LOCALE_ENDING = re.compile(r"(?<=[A-Za-z])[.@][\w.@-]+$")
"""What the name of a locale has after its language and country: ``.UTF-8``, ``@latin``."""

_TAG = re.compile(r"(?P<code>[a-z]{2,3})(?P<rest>(?:-[a-z0-9]{1,8})*)")

_TRADITIONAL = frozenset({"tw", "hk", "mo", "cht"})
_SIMPLIFIED = frozenset({"cn", "sg", "my", "chs"})
"""The countries that write Chinese in each script, and Microsoft's former names of the scripts."""


class NoSuchLanguage(ValueError):
    """A tag says which language is meant, or tries to, but not by a code of a language."""


@dataclass(frozen=True)
class Language:
    """A language.

    Attributes:
        code: of ISO 639-1, or of ISO 639-3 where it has none there; ``und`` where the language is
            not known.
        script: ``Hans`` or ``Hant`` for Chinese, where it is known; else None.
    """

    code: str
    script: str | None = None


def parse_tag(tag: str) -> Language:
    """Read a language tag, such as ``vi``, ``en-GB`` or ``zh-TW``.

    A code of three letters is read as the one of two letters that means the same. The name of a
    locale, such as ``zh_TW.UTF-8``, is read as its language.

    Raises:
        NoSuchLanguage: it has the form of a tag, but no language or script has its code; or it is
            the name of a language.
        ValueError: it has another form.

    >>> parse_tag("zh-TW"), parse_tag("EN_us")
    (Language(code='zh', script='Hant'), Language(code='en', script=None))
    >>> parse_tag("vie").code
    'vi'
    """
    even = unicodedata.normalize("NFKC", tag[: _LONGEST + 1]).strip().lower()
    match = _TAG.fullmatch(_LOCALE_ENDING.sub("", even).replace("_", "-"))
    if even in MEANT:
        raise NoSuchLanguage(_refusal(tag, even))
    if match is None or len(tag) > _LONGEST:
        raise ValueError(_refusal(tag, even))
    code = SAME_AS.get(match["code"], match["code"])
    # The codes of three letters are thousands, and almost any three letters are one of them.
    if len(code) == 2 and code not in TWO_LETTERS:
        raise NoSuchLanguage(_refusal(tag, code))
    rest = match["rest"].split("-")[1:]
    for place, subtag in enumerate(rest):
        # After a single letter stands what only its own rules can read.
        if len(subtag) == 1:
            rest = rest[:place]
            break
        if len(subtag) == 4 and subtag.isalpha() and subtag not in SCRIPTS:
            raise NoSuchLanguage(_refusal(tag, code))
    return Language(code, _script(set(rest)) if code == "zh" else None)


def _script(subtags: set[str]) -> str | None:
    """Return the script of Chinese that subtags name themselves, or else by their country."""
    for script in ("Hant", "Hans"):
        if script.lower() in subtags:
            return script
    if subtags & _TRADITIONAL:
        return "Hant"
    return "Hans" if subtags & _SIMPLIFIED else None


def _refusal(tag: str, written: str) -> str:
    """Return what is said of a tag that is refused.

    Args:
        tag: as it was given.
        written: the name or code in it, in small letters.
    """
    meant = MEANT.get(written) or (written if written in TWO_LETTERS else None)
    proposed = f"did you mean {meant}?" if meant else "give vi, zh, en or another ISO code"
    return f"{tag[:40]!r} is not a language tag; {proposed}"
