"""Sentence boundaries in Vietnamese, Chinese and English text, with exact offsets.

``not_sentence_ends.toml`` holds the words whose full stop does not end a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from rag.text.data_files import toml_data
from rag.text.joining.wrapped_lines import wrapped_ends
from rag.text.line_labels import ends_label
from rag.text.quoted_speech import CLOSING, StraightMarks, goes_on_in_han, speaker_follows
from rag.text.span import Span

SENTENCE_ENDS = "。！？｡.!?…\n"
"""Characters one of which is in each end of a sentence, but for the end of the text."""

_QUOTES = "\"＂'”’»)]）」』】〉》"
_CLOSERS = re.escape(_QUOTES)
# The quantifiers are possessive, and no match begins inside a run, so that a megabyte of dots or
# spaces is read only once.
_BOUNDARY = re.compile(
    # A full-width mark always ends a sentence.
    rf"(?P<cjk>[。！？｡]++(?:[{_CLOSERS}]++[。！？｡]*+)*+)"
    # An ASCII mark ends a sentence only before space, a Han character, or the next quotation; the
    # mark of that quotation may be a straight one, which is taken for a closing one at first.
    rf"|(?P<latin>(?<![.!?…])[.!?…]++[{_CLOSERS}]*+)"
    r"(?=\s|[\u3400-\u9fff]|[“‘«「『《]|(?<=[\"'])[^\W\d_])"
    # A line end ends a sentence.
    r"|(?P<line>(?<![^\S\n])[^\S\n]*+\n\s*+)"
)
_LAST_WORD = re.compile(r"\S+$")
_OPENERS = "\"'“‘«(（[「『【《〈-–—•*"

# A quotation that ends within a sentence, or a dash within one: ... ? " - he asked; ... ! " and
# left. After a full stop, a quote mark before a small letter begins a quotation.
_CONTINUATION = re.compile(rf"[{_CLOSERS}]\s*+(?:[.,;:]|[-–—]\s)|[{_CLOSERS}–—-]\s++(?P<word>\w)")

_LONGEST_BRACKET = 200
"""Characters in which the beginning of a remark in brackets is looked for. Chosen manually, not
tuned."""


def sentences(text: str) -> list[Span]:
    """Return the sentences of a text in order.

    A line end ends a sentence: headings and list items are sentences of their own. But a line may
    be wrapped: see :mod:`rag.text.joining.wrapped_lines`. The spans do not overlap,
    have no space at their ends, and together hold every character that is not space.

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
    marks = StraightMarks(text)
    wraps = frozenset(wrapped_ends(text))
    for match in _BOUNDARY.finditer(text):
        end = match.end()
        if match["line"]:
            if text.find("\n", match.start(), end) not in wraps:
                marks.forget(end)
                yield end
            continue
        stop = match.start() + len(match[0].rstrip(_QUOTES))
        if stop < end:
            end = marks.end_of_closers(stop, end)
        if match["latin"] and not _ends_sentence(text, match.start(), end):
            continue
        if _goes_on_behind_quotation(text, stop, end):
            continue
        yield end


def _goes_on_behind_quotation(text: str, stop: int, end: int) -> bool:
    """Tell whether a sentence goes on behind what its own marks closed.

    Args:
        text: any text.
        stop: the offset behind the mark that may end the sentence.
        end: the offset behind the closing marks that follow it.
    """
    closers = text[stop:end]
    behind = text[end : end + 1]
    if closers.endswith(("》", "〉")):
        # The mark belongs to the title of a book.
        return behind.isalpha()
    if closers == "）" and (behind.isalpha() or behind == "，"):
        return _is_inside_a_sentence(text, stop)
    if not closers.endswith(tuple(CLOSING)):
        return False
    return goes_on_in_han(text, end) or speaker_follows(text, end)


def _is_inside_a_sentence(text: str, stop: int) -> bool:
    """Tell whether the bracket that is open at an offset stands behind words of its sentence."""
    opened = text.rfind("（", max(0, stop - _LONGEST_BRACKET), stop)
    return opened > 0 and text[opened - 1] not in SENTENCE_ENDS + _QUOTES


def _ends_sentence(text: str, mark: int, end: int) -> bool:
    """Tell whether an ASCII mark ends a sentence, by the characters before and after it."""
    if text[end : end + 1].isalpha() and text[end - 1] in "\"'" and not text[end].isupper():
        return text[end] >= "\u3400"
    rest = text[end : end + 64].lstrip()
    stop = text[mark:end].rstrip(_QUOTES) == "."
    continuation = _CONTINUATION.match(rest)
    if continuation:
        word = continuation["word"]
        if word is None or (not stop and word.islower()):
            return False
    following = rest[:1]
    starts = following.isupper() or following.isdigit() or following in _OPENERS
    if following and not starts and (following.isascii() or following.islower()):
        return False
    return not stop or not _is_abbreviation(text, mark, following)


def _is_abbreviation(text: str, mark: int, following: str) -> bool:
    """Tell whether the full stop at ``mark`` belongs to an abbreviation or a label."""
    if ends_label(text, mark):
        return True
    found = _LAST_WORD.search(text, max(0, mark - 32), mark)
    if found is None:
        return False
    word = found[0].lstrip(_OPENERS)
    parts = word.split(".")
    known = _abbreviations()
    if all(len(part) == 1 and part.isalpha() for part in parts):
        return len(parts) > 1 or (word.isupper() and word not in known.one_letter_words)
    last = parts[-1].casefold()
    return last in known.always or (last in known.before_number and following.isdigit())


@dataclass(frozen=True)
class _Abbreviations:
    """The words of ``not_sentence_ends.toml``, which describes its tables."""

    always: frozenset[str]
    before_number: frozenset[str]
    one_letter_words: frozenset[str]


@cache
def _abbreviations() -> _Abbreviations:
    data = toml_data("rag.text", "not_sentence_ends.toml")
    always, before_number, one_letter_words = (
        frozenset(word for words in data[table].values() for word in words)
        for table in ("always", "before_number", "one_letter_words")
    )
    return _Abbreviations(always, before_number, one_letter_words)


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """Return the span without the space at its ends; None when nothing is left."""
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    return Span(left, right) if left < right else None
