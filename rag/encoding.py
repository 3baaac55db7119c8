"""From articles to what is stored of them: passages, with vectors of each and of its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings import Encoder
from rag.article import Article
from rag.chunking import PASSAGE_TOKENS, chunk
from rag.near_duplicates import Signature, signature
from rag.passage import EncodedArticle, EncodedPassage, Passage


@dataclass(frozen=True)
class ChunkedArticle:
    """An article on its way into a collection.

    Attributes:
        article: itself.
        passages: all of its passages.
        origin: the path of the file it was read from, where it was.
        signature: of :func:`rag.near_duplicates.signature`.
    """

    article: Article
    passages: Sequence[Passage]
    origin: str | None
    signature: Signature


def chunk_article(encoder: Encoder, article: Article, origin: str | None = None) -> ChunkedArticle:
    """Cut an article into passages that the encoder reads whole."""
    limit = min(PASSAGE_TOKENS, encoder.max_passage_tokens)
    passages = chunk(article, encoder.count_tokens, limit)
    return ChunkedArticle(article, passages, origin, signature(article.text))


def encode_articles(encoder: Encoder, articles: Sequence[ChunkedArticle]) -> list[EncodedArticle]:
    """Encode passages and their sentences, all in one go, and deal the vectors out again."""
    texts = []
    for chunked in articles:
        text = chunked.article.text
        for passage in chunked.passages:
            texts.append(text[passage.start : passage.end])
            texts.extend(sentence.of(text) for sentence in passage.sentences)
    if not texts:
        return []
    vectors = encoder.encode_passages(texts)
    at = 0
    result = []
    for chunked in articles:
        encoded = []
        for passage in chunked.passages:
            end = at + 1 + len(passage.sentences)
            encoded.append(EncodedPassage(passage, vectors[at], vectors[at + 1 : end]))
            at = end
        result.append(EncodedArticle(chunked.article, encoded, chunked.origin, chunked.signature))
    return result
