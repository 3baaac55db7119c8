"""What of a passage is fit to be quoted: whole sentences that say who is meant, no headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.text.sentences import sentences
from rag.text.span import Span
from rag.text.terms import terms
from tamngu.records.hit import Hit

_TITLE_SHARE = 0.8
"""Share of a sentence's words with which it only repeats the title. Chosen manually, not tuned."""

_LONGEST_HEADING = 20
"""Words; Chinese characters twice as many."""

_STOPS = tuple(".!…。！｡")
"""End a sentence that may repeat the title, and no title."""

_ENDS = (*_STOPS, *"?？\"'”’»)]）」』】;；:：")
"""End what is no heading."""

_ASKS = ("?", "？")

_EMPHASIS = "*_ \t"
"""What may stand around a line of Markdown."""

_ITEM = re.compile(r"[-–—•·▪*|]|\d{1,4}\s*[-–—]\s|\S.*[|\t]")
"""How items of lists begin, and what parts the cells of tables."""

_UNNAMED = re.compile(
    r"[\"“‘'«「『]?(?:"
    r"(?:he|she|it|they|his|her|its|their|this|these|that|those)\b"
    r"|(?:ông|bà|anh|chị|cô|nó|họ|người này|điều này|việc này|đây)\s+(?P<next>\w)"
    r"|(?!其实|其實|其次|其他|此外)(?:他|她|它|其|该|該|这|這|此))",
    re.IGNORECASE,
)
"""Subjects that the sentence before names. A Vietnamese pronoun before a capital is a title."""


def sentence_of(hit: Hit, span: Span) -> Span | None:
    """Return the sentence of a hit that holds a span, with the one before it if that names who.

    Args:
        hit: in which the span stands.
        span: offsets into the article's text.

    Returns:
        offsets into the article's text; None for a heading.
    """
    found = [Span(hit.start + each.start, hit.start + each.end) for each in _spans(hit.text)]
    held = [n for n, each in enumerate(found) if each.start < span.end and span.start < each.end]
    if not held:
        return None
    first, last = found[held[0]], found[held[-1]]
    if is_heading(hit, Span(first.start, last.end)):
        return None
    if held[0] and _begins_unnamed(hit, first):
        before = found[held[0] - 1]
        if not is_heading(hit, before) and "\n" not in _text(hit, Span(before.end, first.start)):
            first = before
    return Span(first.start, last.end)


def is_heading(hit: Hit, span: Span) -> bool:
    """Return whether a sentence is the title again, or a line by itself that states nothing.

    Such a line ends like no sentence, or it is a question. Items of lists and rows of tables are no
    headings.
    """
    text = _text(hit, span).strip()
    if is_question(hit, span):
        return True
    if text.endswith(_STOPS):
        return False
    words = words_in(text, hit.language)
    title = set(words_in(hit.title, hit.language))
    if title and set(words) <= title and len(words) >= _TITLE_SHARE * len(title):
        return True
    if not _is_bare(text, hit.language) or not _is_line(hit, span):
        return False
    # Bare lines one below the other are a list, or a poem.
    after = hit.text[span.end - hit.start :].strip()
    before = hit.text[: span.start - hit.start].strip()
    beside = [*after.splitlines()[:1], *before.splitlines()[-1:]]
    return bool(beside) and not _is_bare(beside[0], hit.language)


def is_question(hit: Hit, span: Span) -> bool:
    """Return whether a sentence is a question on a line of its own, with text below it.

    Lists of questions and answers, and interviews, have such lines.
    """
    text = _text(hit, span).strip().rstrip(_EMPHASIS)
    return text.endswith(_ASKS) and _is_line(hit, span) and _below(hit, span) is not None


def answer_below(hit: Hit, question: Span) -> Span | None:
    """Return the sentence below a question, as offsets into the article's text.

    None if it is a heading itself.
    """
    below = _below(hit, question)
    return None if below is None or is_heading(hit, below) else below


def _below(hit: Hit, span: Span) -> Span | None:
    """Return the sentence after another one."""
    rest = hit.text[span.end - hit.start :]
    following = next(iter(sentences(rest)), None)
    return following and Span(span.end + following.start, span.end + following.end)


def _is_line(hit: Hit, span: Span) -> bool:
    """Return whether a sentence is a line by itself."""
    before = hit.text[: span.start - hit.start].rstrip(_EMPHASIS)
    after = hit.text[span.end - hit.start :].lstrip(_EMPHASIS)
    return before[-1:] in ("", "\n") and after[:1] in ("", "\n")


def _is_bare(line: str, language: str) -> bool:
    """Return whether a line is short, ends unlike a sentence and begins unlike an item."""
    return (
        not line.endswith(_ENDS)
        and not _ITEM.match(line)
        and len(words_in(line, language)) <= _LONGEST_HEADING
    )


def _begins_unnamed(hit: Hit, span: Span) -> bool:
    found = _UNNAMED.match(_text(hit, span))
    return found is not None and (found["next"] is None or found["next"].islower())


@lru_cache(maxsize=64)
def _spans(text: str) -> Sequence[Span]:
    """Return the sentences of a passage; each of its best sentences is looked at several times."""
    return tuple(sentences(text))


@lru_cache(maxsize=256)
def words_in(text: str, language: str) -> Sequence[str]:
    """Return the words of a sentence or a title; each is looked at several times."""
    return tuple(terms(text, language).words)


def _text(hit: Hit, span: Span) -> str:
    return hit.text[span.start - hit.start : span.end - hit.start]
