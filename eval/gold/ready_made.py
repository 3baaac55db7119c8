"""A collection of texts that are passages already, each one whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from embeddings import Encoder
from rag import Collection, make_article
from rag.ingestion.encoding import ChunkedArticle, encode_articles
from rag.records.passage import Passage
from rag.text.minhash import signature
from rag.text.sentences import sentences

_AT_ONCE = 256

Progress = Callable[[int], object]


@dataclass(frozen=True)
class ReadyMade:
    """A text that is one passage, and the id its article gets."""

    name: str
    text: str
    language: str


def collect(
    home: Path, encoder: Encoder, texts: Iterable[ReadyMade], progress: Progress
) -> Collection:
    """Make a collection in which each text is an article of one passage.

    Args:
        home: an empty folder.
        encoder: the model.
        texts: with ids of their own.
        progress: called with the number of texts stored since the last call.
    """
    collection = Collection.open_or_create(home, "ready-made", encoder)
    waiting = iter(texts)
    while some := list(islice(waiting, _AT_ONCE)):
        chunked = [_chunked(text) for text in some]
        collection.put(encode_articles(encoder, chunked, collection.calibration))
        progress(len(some))
    collection.compact()
    return collection


def _chunked(of: ReadyMade) -> ChunkedArticle:
    article = make_article(of.text, key=of.name, id=of.name, title=of.name, language=of.language)
    text = article.text
    whole = Passage(article.id, 0, len(text), article.language, tuple(sentences(text)))
    return ChunkedArticle(article, [whole], None, signature(text))
