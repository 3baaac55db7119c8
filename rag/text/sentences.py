"""Sentence boundaries in Vietnamese, Chinese and English text, with exact offsets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.text.span import Span

_QUOTES = "\"'”’»)]）」』】〉》"
_CLOSERS = re.escape(_QUOTES)
# Possessive, and never starting inside a run: a megabyte of dots or spaces is read once.
_BOUNDARY = re.compile(
    # A full-width mark ends a sentence wherever it stands,
    rf"(?P<cjk>[。！？｡]++(?:[{_CLOSERS}]++[。！？｡]*+)*+)"
    # an ASCII one only before space or a Han character,
    rf"|(?P<latin>(?<![.!?…])[.!?…]++[{_CLOSERS}]*+)(?=\s|[\u3400-\u9fff])"
    # and a line end does too.
    r"|(?P<line>(?<![^\S\n])[^\S\n]*+\n\s*+)"
)
_LAST_WORD = re.compile(r"\S+$")
_ORDINAL = re.compile(r"\d{1,3}|[IVXLC]{1,6}|[A-ZĐ]")
_OPENERS = "\"'“‘«(（[「『【《〈-–—•*"

# A quote that ends within a sentence, or a dash within it: ... ? " - he asked; ... ! " and left.
# After a full stop a quote before a small letter begins rather than ends.
_SAID_ON = re.compile(rf"[{_CLOSERS}]\s*+(?:[.,;:]|[-–—]\s)|[{_CLOSERS}–—-]\s++(?P<on>\w)")

_TITLES_VI = "tp ts ths gs pgs bs ks nxb tt tx tr gđ ub q p st"
_TITLES_EN = "mr mrs ms dr amb prof sr jr gen col lt sgt capt rep sen gov pres hon rev messrs vs"
_SHORTENED_EN = "fig vol inc ltd co corp dept cf al ed"
_MONTHS_EN = "jan feb mar apr jun jul aug sep sept oct nov dec"
_ABBREVIATIONS = frozenset(f"{_TITLES_VI} {_TITLES_EN} {_SHORTENED_EN} {_MONTHS_EN}".split())
_ONE_LETTER_WORDS = frozenset("ÁÝ")
"""Asia and Italy, with which Vietnamese sentences end; other single capitals are initials."""
_WRAPPED = 40
"""Characters of the shortest line that a text is wrapped at. By hand: columns of print have 40,
mail and terminals more."""

_ITEM = re.compile(r"(?:[a-zđ]|[ivx]{1,5})[.)]\s")
_BEFORE_NUMBER = frozenset({"no", "nos", "art", "p", "pp", "sec", "ch", "đ", "k"})


def sentences(text: str) -> list[Span]:
    """Return the sentences of a text in order.

    A line end ends a sentence, unless a line of some length goes on in lower case on the next one:
    headings and list items are units of their own. The spans do not
    overlap, hold no space at their ends, and together hold every character that is not space.

    >>> text = "TP. Hà Nội họp. 会议结束。He left."
    >>> [span.of(text) for span in sentences(text)]
    ['TP. Hà Nội họp.', '会议结束。', 'He left.']
    """
    spans = []
    start = 0
    for cut in [*_cuts(text), len(text)]:
        span = _trimmed(text, start, cut)
        if span is not None:
            spans.append(span)
        start = cut
    return spans


def _cuts(text: str) -> Iterator[int]:
    for match in _BOUNDARY.finditer(text):
        end = match.end()
        if match["latin"] and not _ends_sentence(text, match.start(), end):
            continue
        if match["line"] and _goes_on(text, match):
            continue
        yield end


def _ends_sentence(text: str, mark: int, end: int) -> bool:
    """Tell whether an ASCII mark ends a sentence, from what stands before and after it."""
    rest = text[end : end + 64].lstrip()
    stop = text[mark:end].rstrip(_QUOTES) == "."
    said_on = _SAID_ON.match(rest)
    if said_on and (said_on["on"] is None or (not stop and said_on["on"].islower())):
        return False
    following = rest[:1]
    starts = following.isupper() or following.isdigit() or following in _OPENERS
    if following and not starts and (following.isascii() or following.islower()):
        return False
    return not stop or not _is_shortened(text, mark, following)


def _is_shortened(text: str, mark: int, following: str) -> bool:
    """Tell whether the full stop at ``mark`` belongs to what it follows."""
    found = _LAST_WORD.search(text, max(0, mark - 32), mark)
    if found is None:
        return False
    starts_line = found.start() == 0 or text[found.start() - 1] == "\n"
    word = found[0].lstrip(_OPENERS)
    if starts_line and _ORDINAL.fullmatch(word):
        return True
    parts = word.split(".")
    if all(len(part) == 1 and part.isalpha() for part in parts):
        return len(parts) > 1 or (word.isupper() and word not in _ONE_LETTER_WORDS)
    last = parts[-1].casefold()
    return last in _ABBREVIATIONS or (last in _BEFORE_NUMBER and following.isdigit())


def _goes_on(text: str, match: re.Match[str]) -> bool:
    """Tell whether a line end only wraps a sentence that goes on in lower case.

    A short line is not wrapped: it is a heading or an item of a list.
    """
    if match["line"].count("\n") > 1:
        return False
    start = text.rfind("\n", 0, match.start()) + 1
    wrapped = match.start() - start >= _WRAPPED and not _ITEM.match(text, match.end())
    return wrapped and text[match.end() : match.end() + 1].islower()


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """Return the span without the space at its ends; None when nothing is left."""
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    return Span(left, right) if left < right else None
