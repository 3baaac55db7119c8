"""Articles and passages as rows of the catalog's tables, and back."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np

from rag.article import Article
from rag.passage import EncodedPassage, Passage
from rag.span import Span

ARTICLE_COLUMNS = tuple(field.name for field in dataclasses.fields(Article))
"""In the order that :func:`read_article` takes them."""


def article_row(article: Article) -> tuple[str | None, ...]:
    """Return the values of a row of ``articles``, in the order of its columns."""
    return (
        article.id,
        article.content_hash,
        article.title,
        article.language,
        article.script,
        article.url,
        article.source,
        article.published_at,
        json.dumps(article.authors, ensure_ascii=False),
        json.dumps(article.tags, ensure_ascii=False),
        article.text,
    )


def passage_row(encoded: EncodedPassage) -> tuple[str | int | bytes, ...]:
    """Return the values of a row of ``passages``, in the order of its columns but the key."""
    passage = encoded.passage
    spans = [(sentence.start, sentence.end) for sentence in passage.sentences]
    return (
        passage.article_id,
        passage.start,
        passage.end,
        passage.language,
        np.array(spans, dtype="<u4").tobytes(),
        encoded.vector.astype("<f4").tobytes(),
        # Half the bytes; a cosine moves by less than .001.
        encoded.sentence_vectors.astype("<f2").tobytes(),
    )


def read_article(row: tuple[Any, ...]) -> Article:
    """Return the article of a row of :data:`ARTICLE_COLUMNS`."""
    known = dict(zip(ARTICLE_COLUMNS, row, strict=True))
    for name in ("authors", "tags"):
        known[name] = tuple(json.loads(known[name]))
    return Article(**known)


def read_passage(row: tuple[Any, ...]) -> Passage:
    """Return the passage of a row of key, article, start, end, language and sentence spans."""
    _, article_id, start, end, language, spans = row
    return Passage(article_id, start, end, language, _spans(spans))


def _spans(blob: bytes) -> tuple[Span, ...]:
    return tuple(Span(*pair) for pair in np.frombuffer(blob, dtype="<u4").reshape(-1, 2).tolist())
