"""From articles to what is stored: passages with vectors of themselves and of their sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from embeddings import Encoder, Vectors
from embeddings.calibration.calibration import Calibration
from rag.index.late_interaction import passage_codes
from rag.ingestion.chunking import PASSAGE_TOKENS, chunk
from rag.records.passage import NO_CODES, Codes, EncodedArticle, EncodedPassage, Passage
from rag.stages import check
from rag.text.chinese import as_encoded
from rag.text.minhash import Signature, signature
from tamngu.records.article import Article


@dataclass(frozen=True)
class ChunkedArticle:
    """An article with its passages, before it is encoded.

    Attributes:
        article: the article.
        passages: all passages of the article.
        origin: the path or URL that it was read from; None if it was not read from one.
        signature: the result of :func:`rag.text.minhash.signature` for its text.
    """

    article: Article
    passages: Sequence[Passage]
    origin: str | None
    signature: Signature


def chunk_article(
    encoder: Encoder,
    article: Article,
    origin: str | None = None,
    *,
    passage_tokens: int = PASSAGE_TOKENS,
) -> ChunkedArticle:
    """Cut an article into passages that the encoder can read as a whole.

    Args:
        encoder: counts tokens; its own maximum is not exceeded.
        article: the article.
        origin: the path or URL that it was read from.
        passage_tokens: maximum number of tokens of a passage.
    """
    limit = min(passage_tokens, encoder.max_passage_tokens)
    passages = chunk(article, encoder.count_tokens, limit)
    return ChunkedArticle(article, passages, origin, signature(article.text))


_AT_ONCE = 256
"""Passages whose token vectors are in memory at a time, about 75 MB."""

_SENTENCES_AT_ONCE = 2048
"""Sentences that are encoded between two checks whether the work is still wanted. The packaged
encoder sorts as many texts by length, so larger numbers would make nothing faster."""


def encode_articles(
    encoder: Encoder, articles: Sequence[ChunkedArticle], calibration: Calibration
) -> list[EncodedArticle]:
    """Return articles with vectors of their passages and of the sentences in them.

    Args:
        encoder: encodes the texts.
        articles: the articles with their passages.
        calibration: of the encoder; it decides what is stored of tokens.

    Raises:
        Exception: what the caller's :class:`rag.stages.StageListener` raises to end the work.
    """
    passages = [
        (passage, chunked.article.text) for chunked in articles for passage in chunked.passages
    ]
    if not passages:
        return []
    wholes, codes = _encode_passages(encoder, passages, calibration)
    sentences = _encode_sentences(encoder, passages)
    ends = np.cumsum([len(passage.sentences) for passage, _ in passages])
    of_sentences = np.split(sentences, ends[:-1])
    encoded = iter(
        EncodedPassage(passage, wholes[i], of_sentences[i], codes[i])
        for i, (passage, _) in enumerate(passages)
    )
    return [
        EncodedArticle(
            chunked.article,
            list(islice(encoded, len(chunked.passages))),
            chunked.origin,
            chunked.signature,
        )
        for chunked in articles
    ]


def _encode_passages(
    encoder: Encoder, passages: Sequence[tuple[Passage, str]], calibration: Calibration
) -> tuple[Vectors, list[Codes]]:
    """Return the vectors of passages, shape (n, dim), and the codes of their tokens."""
    texts = [
        as_encoded(text[passage.start : passage.end], passage.language)
        for passage, text in passages
    ]
    if calibration.tokens is None:
        return encoder.encode_passages(texts), [NO_CODES] * len(texts)
    wholes: list[Vectors] = []
    codes: list[Codes] = []
    for start in range(0, len(texts), _AT_ONCE):
        check()
        some = texts[start : start + _AT_ONCE]
        vectors, tokens = encoder.encode_passages_by_token(some)
        wholes.append(vectors)
        for i, each in enumerate(tokens, start):
            codes.append(passage_codes(each, passages[i][0].language, calibration.tokens))
    return np.concatenate(wholes), codes or [NO_CODES] * len(texts)


def _encode_sentences(encoder: Encoder, passages: Sequence[tuple[Passage, str]]) -> Vectors:
    """Return the vectors of all sentences of passages, in order, shape (n, dim), float32."""
    spans = [
        (span, passage.language, text) for passage, text in passages for span in passage.sentences
    ]
    vectors = np.empty((len(spans), encoder.fingerprint.dim), dtype=np.float32)
    for start in range(0, len(spans), _SENTENCES_AT_ONCE):
        check()
        some = spans[start : start + _SENTENCES_AT_ONCE]
        vectors[start : start + len(some)] = encoder.encode_passages(
            [as_encoded(span.of(text), language) for span, language, text in some]
        )
    return vectors
