"""What holds for the sentences and the passages of any text."""

from __future__ import annotations

from collections.abc import Sequence

from rag.records.passage import Passage
from rag.text.sentences import sentences
from rag.text.span import Span
from tamngu.records.article import Article
from tests.fuzz.target import must


def estimated_tokens(texts: Sequence[str]) -> list[int]:
    """Return about as many tokens as models count: one for four bytes."""
    return [(len(text.encode()) + 3) // 4 if text.strip() else 0 for text in texts]


def check_sentences(text: str) -> list[Span]:
    """Check that the sentences of a text are in order, and hold all but its space."""
    spans = sentences(text)
    _check_order(text, spans, Span(0, len(text)))
    return spans


def check_passages(article: Article, passages: Sequence[Passage], most: int) -> None:
    """Check that passages, and their sentences, hold a text in order, and within their bounds."""
    text = article.text
    _check_order(text, [Span(each.start, each.end) for each in passages], Span(0, len(text)))
    for passage in passages:
        _check_order(text, passage.sentences, Span(passage.start, passage.end))
        must(passage.end - passage.start <= 16 * most, "a passage is too long")
        must(passage.article_id == article.id, "a passage is of another article")


def _check_order(text: str, spans: Sequence[Span], within: Span) -> None:
    last = within.start
    for span in spans:
        must(last <= span.start < span.end <= within.end, f"{span} is not in its place")
        must(not text[last : span.start].strip(), "text is between two spans")
        must(span.of(text) == span.of(text).strip(), f"{span} has space at its ends")
        last = span.end
    must(not text[last : within.end].strip(), "text is behind the last span")
