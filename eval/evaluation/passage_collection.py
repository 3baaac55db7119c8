"""Make a collection of texts that are passages already; they are not cut."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path

from embeddings import Encoder, Progress
from eval.gold.gold_set import CorpusText
from rag import Collection, make_article
from rag.collection.paths import Home
from rag.ingestion.encoding import ChunkedArticle, encode_articles
from rag.records.passage import Passage
from rag.text.minhash import signature
from rag.text.sentences import sentences
from reading import Reader
from reading.load import NO_READER

COLLECTION = "ready-made"
"""Name of the collection, in a home of its own."""

_TEXTS_AT_A_TIME = 256


def collect_passages(
    home: Home,
    encoder: Encoder,
    texts: Iterable[CorpusText],
    progress: Progress,
    reader: Reader | str | None = None,
    name: str = COLLECTION,
) -> Collection:
    """Make a collection in which each text is an article of one passage.

    Args:
        home: of the collection.
        encoder: the model.
        texts: with ids that differ.
        progress: called with the number of texts stored since the last call.
        reader: as a collection takes it.
        name: of the collection; the home has none of this name.
    """
    collection = Collection.open_or_create(home, name, encoder, reader)
    waiting = iter(texts)
    while some := list(islice(waiting, _TEXTS_AT_A_TIME)):
        chunked = [_chunked(text) for text in some]
        collection.put(encode_articles(encoder, chunked, collection.calibration))
        progress(len(some))
    collection.compact()
    return collection


def kept_collection(
    home: Path, encoder: Encoder, texts: Callable[[], Iterable[CorpusText]]
) -> Collection:
    """Open the collection of some texts, without a reader; make it if this was not done before.

    A run that is interrupted leaves no home that the next one takes for whole: it is made under
    another name.

    Args:
        home: folder of the collection, kept for the next run.
        encoder: the model.
        texts: called where the collection is made; with ids that differ.
    """
    if not home.is_dir():
        partial = home.with_name(f"{home.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        collect_passages(partial, encoder, texts(), lambda _: None, NO_READER).close()
        partial.rename(home)
    return Collection.open(home, COLLECTION, encoder, NO_READER)


def _chunked(corpus_text: CorpusText) -> ChunkedArticle:
    name = corpus_text.id
    made = make_article(corpus_text.text, key=name, title=name, language=corpus_text.language)
    # The ids of public sets may have any form, and are told apart as they are written.
    article = replace(made, id=name)
    text = article.text
    passage = Passage(article.id, 0, len(text), article.language, tuple(sentences(text)))
    return ChunkedArticle(article, [passage], None, signature(text))
