"""Months by their names, in the three languages and those of their neighbours and of Europe."""

from __future__ import annotations

import re

from rag.text.data_files import toml_data

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""The shortest English names, in order."""

_BY_LANGUAGE = {
    language: [names.split(", ") for names in months]
    for language, months in toml_data("rag.text.dates", "months.toml").items()
}

ENGLISH_MONTHS = tuple(names[0].capitalize() for names in _BY_LANGUAGE["en"])
"""January to December."""

_BY_NAME = {
    name: number
    for language, months in _BY_LANGUAGE.items()
    if language != "vi"
    for number, names in enumerate(months, start=1)
    for name in names
}
_VIETNAMESE = {
    name: number for number, names in enumerate(_BY_LANGUAGE["vi"], start=1) for name in names
}

# Fragments of regular expressions; letters match in both cases.
NAME = r"(?P<name>[^\W\d_]{3,12})"
"""A word that may be the name of a month: :func:`month_number` knows. Looking a word up is faster
than two hundred alternatives."""

THAI_NAME = (
    f"(?P<name>{'|'.join(re.escape(name) for names in _BY_LANGUAGE['th'] for name in names)})"
)
"""Thai is written without spaces, and its vowel signs are no word characters."""

VIETNAMESE_NAME = "|".join(
    re.escape(name).replace(r"\ ", r"\s{1,3}") for name in sorted(_VIETNAMESE, key=len)[::-1]
)
"""What stands behind "tháng": the longest first."""

ENGLISH_NAME = (
    f"(?:{'|'.join(name for names in _BY_LANGUAGE['en'] for name in names)})(?![^\\W\\d_])"
)


def month_number(name: str) -> int | None:
    """Return the number of a month by its name, which may be shortened; None for other words.

    >>> month_number("Sept"), month_number("février"), month_number("council")
    (9, 2, None)
    """
    return _BY_NAME.get(name.casefold()) or _BY_NAME.get(name.lower())


def vietnamese_month(name: str) -> int | None:
    """Return the number of a month by what stands behind "tháng", in digits or in a word.

    >>> vietnamese_month("02"), vietnamese_month("Mười hai")
    (2, 12)
    """
    return int(name) if name.isdecimal() else _VIETNAMESE.get(" ".join(name.lower().split()))
