"""The numbers in a text, in one form however the three languages write them."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_GROUPED = re.compile(r"([1-9]\d{0,2}(?:,\d{3})+)(\.\d+)?|([1-9]\d{0,2}(?:\.\d{3})+)(,\d+)?")
_FULL_WIDTH_MARK = re.compile(r"(?<=[０-９])[，．](?=[０-９])")
_ASCII = str.maketrans("０１２３４５６７８９", "0123456789")


_SPACE_MARK = re.compile("(?<=\\d)[\u00a0\u2009\u202f'’](?=\\d{3}(?!\\d))")
"""Marks between thousands that are no points: 1 250 with a narrow space, 1'250."""


def without_space_marks(text: str) -> str:
    """Return a text without the spaces and apostrophes between thousands; plain spaces stay.

    >>> without_space_marks("1\u202f250\u202f000 and 1’250, 3 400")
    '1250000 and 1250, 3 400'
    """
    return _SPACE_MARK.sub("", text)


def numbers(text: str) -> set[str]:
    """Return the numbers that a text has in digits.

    Three digits after a point or a comma are always read as thousands: 1.000 is a thousand in
    Vietnamese and one in English, and the text does not show which is meant.

    >>> sorted(numbers("1,000 and 1.000 and １，０００; 15,5%; 02.09.1945"))
    ['1000', '15.5', '1945', '2', '9']
    """
    plain = without_space_marks(text)
    plain = _FULL_WIDTH_MARK.sub(lambda mark: "," if mark[0] == "，" else ".", plain)
    found: set[str] = set()
    for match in _NUMBER.finditer(plain.translate(_ASCII)):
        found.update(_plain(match[0]))
    return found


def _plain(number: str) -> list[str]:
    grouped = _GROUPED.fullmatch(number)
    if grouped:
        whole = (grouped[1] or grouped[3]).replace(",", "").replace(".", "")
        return [whole + (grouped[2] or grouped[4] or "").replace(",", ".")]
    runs = re.split(r"[.,]", number)
    # Zeros before a number, as in dates, do not change it.
    runs[0] = runs[0].lstrip("0") or "0"
    if len(runs) == 2:
        return [".".join(runs)]
    return [run.lstrip("0") or "0" for run in runs]


def exact(value: float) -> float:
    """Return a value without what multiplying by a magnitude has added to it.

    >>> 4.35 * 100, exact(4.35 * 100)
    (434.99999999999994, 435.0)
    """
    return value if value.is_integer() else round(float(f"{value:.15g}"), 6)
