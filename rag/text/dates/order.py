"""Whether days stand before months where a document writes dates in numbers only.

18/02/2026 can be read in one way, 3/8/2026 in two. Which one is meant is told by the language of
the document, by its other dates, and by the form of the date itself. Where they tell nothing, or
contradict each other, the date is not read: no date is better than one of another month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.text.dates.grammar import even

_DAY_FIRST = re.compile(
    r"(?:vi|fr|de|es|it|pt|nl|pl|cs|sk|ro|da|nb|no|ru|uk|tr|id|ms|th|el|bg|hr|sl|ar|hi|fi|ca"
    r"|en-(?:gb|au|nz|ie|in|za|sg|hk|my))\b",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(r"en-us\b", re.IGNORECASE)
_VIETNAMESE = re.compile("[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_VIETNAMESE_SHARE = 1 / 50
"""Share of these letters from which on a text is Vietnamese. Chosen manually, not tuned."""

_HAN = re.compile("[\u4e00-\u9fff]")
_KANA_OR_HANGUL = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_HAN_SHARE = 1 / 5
"""Share of Han characters from which on a text is Chinese, if it has no kana. Chosen manually, not
tuned."""

_SAMPLE = 20_000
"""Characters of a text that are looked at."""

_NUMBERS = re.compile(r"(?<![\d/.-])(\d{1,2})([/-])(\d{1,2})\2(?:1\d|20)\d\d(?![\d/-])")
_AMERICAN_FORM = re.compile(
    r"(?<![\d/])[1-9]\d?/[1-9]\d?/(?:1\d|20)\d\d,?\s\d{1,2}:\d\d(?::\d\d)?\s?[AP]M\b"
)
"""As programs write dates that are set to American English: 2/8/2026 10:00:00 AM. Other countries
that have a.m. and p.m. mostly write a zero before the month."""

_AMERICAN_ZONE = re.compile(r"\d\s?\(?(?:[ECMP][SD]?T)\b")
_VIETNAMESE_ZONE = re.compile(r"(?:GMT|UTC)\s?\+0?7\b|\bICT\b|\+07:?00\b", re.IGNORECASE)


def is_vietnamese(text: str) -> bool:
    """Tell by the letters of a text whether it is Vietnamese."""
    sample = text[:_SAMPLE]
    return len(_VIETNAMESE.findall(sample)) > _VIETNAMESE_SHARE * len(sample)


def is_chinese(text: str) -> bool:
    """Tell by the characters of a text whether it is Chinese."""
    sample = text[:_SAMPLE]
    han = len(_HAN.findall(sample))
    return han > _HAN_SHARE * len(sample) and not _KANA_OR_HANGUL.search(sample)


def day_first_in(language: str | None, text: str = "") -> bool | None:
    """Return whether days stand before months in a document; None where that is not known.

    Args:
        language: the tag that the document states. American English counts only where a person
            states it of one article, because programs state it of anything: see :func:`stated_by`.
        text: of the document; Vietnamese is told by its letters, whatever is stated.

    >>> day_first_in("vi"), day_first_in("en-GB"), day_first_in("en"), day_first_in(None, "Hà Nội")
    (True, True, None, True)
    """
    if is_vietnamese(text):
        return True
    tag = (language or "").strip().replace("_", "-")
    return True if _DAY_FIRST.match(tag) else False if _MONTH_FIRST.match(tag) else None


def day_first_of_all(values: Iterable[str]) -> bool | None:
    """Return the order of the dates of one column or feed, as those show that have only one.

    >>> day_first_of_all(["3/8/2026", "18/02/2026"]), day_first_of_all(["3/8/2026"])
    (True, None)
    """
    seen = set()
    for value in values:
        for match in _NUMBERS.finditer(even(value[:100])):
            if int(match[1]) > 12 >= int(match[3]):
                seen.add(True)
            elif int(match[3]) > 12 >= int(match[1]):
                seen.add(False)
    return seen.pop() if len(seen) == 1 else None


def day_first_of(value: str, document: bool | None) -> bool | None:
    """Return the order of one date: that of its document, and what its own form says.

    An American form in a document that has days first is not decided.

    Args:
        value: the date as it is written.
        document: whether days stand first in its document; None where that is not known.
    """
    american = bool(_AMERICAN_FORM.search(value) or _AMERICAN_ZONE.search(value))
    if american:
        return None if document else False
    if document is None and _VIETNAMESE_ZONE.search(value):
        return True
    return document
