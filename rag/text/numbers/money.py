"""The letters that stand for a magnitude where an amount of money is meant: $2.3m, US$12k."""

from __future__ import annotations

import re

_SCALES = {"k": "thousand", "m": "million", "b": "billion", "tn": "trillion", "tr": "triệu"}
"""Without a currency, m is metres, and k a kilometre or a screen."""

_CODES = "usd|eur|gbp|vnd|vnđ|cny|rmb|jpy|hkd|twd|sgd|aud|cad|inr|krw|thb"
_MARKS = "[$€£¥₫₩₹฿]"
_MONEY = re.compile(
    rf"(?P<before>{_MARKS}\s?|(?<![^\W\d_])(?:{_CODES})\s?)?"
    r"(?P<number>(?<![\d.,])\d[\d.,]{0,20}+(?:\s?[-–~]\s?\d[\d.,]{0,20}+)?)\s?"
    rf"(?P<letter>{'|'.join(_SCALES)})(?![^\W_])"
    rf"(?P<after>\s?(?:{_MARKS}|(?:{_CODES}|đồng|đô|đ|dollars?|euros?|yuan|yen)(?![^\W\d_])))?"
)


def with_scales(text: str) -> str:
    """Return a text in which the letter behind an amount of money is the word that it stands for.

    Args:
        text: in NFKC, its case folded.

    >>> with_scales("us$2.3m, 200k đồng, 5 m")
    'us$2.3 million, 200 thousand đồng, 5 m'
    """
    return _MONEY.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    before, after = match["before"] or "", match["after"] or ""
    if not before and not after:
        return match[0]
    return f"{before}{match['number']} {_SCALES[match['letter']]}{after}"
