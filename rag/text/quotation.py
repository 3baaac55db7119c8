"""Quotations in a text, in any style of quote marks, and whether another text has their words."""

from __future__ import annotations

import re
import unicodedata

_PAIRS = [("“", "”"), ('"', '"'), ("＂", "＂"), ("「", "」"), ("『", "』"), ("«", "»")]
_QUOTED = re.compile("|".join(f"{a}[^{a}{b}\n]*{b}" for a, b in _PAIRS))
_DOUBLE = '“”„‟"＂「」『』«»〝〞〟'
_PLAIN = str.maketrans(dict.fromkeys(_DOUBLE, '"') | dict.fromkeys("‘’‚‛＇", "'"))

_MARKS = ".!?…。！？｡"
_ANY_MARK = re.compile(f"[{_MARKS}]")

_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_HAN = re.compile(r"[\u3400-\u9fff]")
_SPACE_IN_CJK = re.compile(rf"(?<=[{_CJK}]) | (?=[{_CJK}])")
_LETTER = rf"[^\W{_CJK}]"
_WORD_EDGE = rf"(?:(?<!{_LETTER})|(?!{_LETTER}))"

_MIN_WORDS = 2
_MIN_HAN = 4
"""Words, and Han characters, of a quotation; shorter ones are names and single terms. Chosen
manually, not tuned."""


def quotations(text: str) -> list[str]:
    """Return the text between quote marks, where it is long enough to be a quotation.

    >>> quotations('He called the “plan” a "great step", 并说：「我们欢迎」。')
    ['great step', '我们欢迎']
    """
    found = (match[0][1:-1].strip() for match in _QUOTED.finditer(text))
    return [
        each
        for each in found
        if len(each.split()) >= _MIN_WORDS or len(_HAN.findall(each)) >= _MIN_HAN
    ]


def has_stray_mark(text: str) -> bool:
    """Tell whether a quote mark has no partner, so that the end of the quotation is not known.

    >>> has_stray_mark("“all” is well"), has_stray_mark("“all is well")
    (False, True)
    """
    return any(mark in _DOUBLE for mark in _QUOTED.sub("", text))


def stands_in(quotation: str, text: str) -> bool:
    r"""Tell whether a text has exactly these words; line breaks and quote marks may differ.

    >>> stands_in('a «great» step', 'It is a “great”\nstep.'), stands_in("able to", "unable to")
    (True, False)
    """
    wanted = re.escape(_normalised(quotation))
    return re.search(f"{_WORD_EDGE}{wanted}{_WORD_EDGE}", _normalised(text)) is not None


def without_inner_marks(text: str) -> str:
    """Return a text with commas for the full stops inside quotations; offsets do not change.

    >>> without_inner_marks("“We came. We saw.” Then “Go!”")
    '“We came, We saw.” Then “Go!”'
    """
    return _QUOTED.sub(_with_commas, text)


def _with_commas(match: re.Match[str]) -> str:
    whole = match[0]
    # The last mark may end the sentence around the quotation.
    body = whole.rstrip(_MARKS + _DOUBLE)
    return _ANY_MARK.sub(",", body) + whole[len(body) :]


def _normalised(text: str) -> str:
    plain = unicodedata.normalize("NFC", text).translate(_PLAIN)
    # Runs of spaces are folded first: the pattern would try each of a run's ends from each start.
    return _SPACE_IN_CJK.sub("", " ".join(plain.split()))
