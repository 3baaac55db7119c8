"""A large collection to measure with: the passages of another one, again and again with noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count, islice

import numpy as np

from embeddings import Vectors
from eval.bench.errors import BenchFailed
from rag import Collection
from rag.collection.paths import Home
from rag.records.passage import EncodedArticle, StoredPassage
from rag.text.minhash import PERMUTATIONS

_NOISE = 0.3
"""Length of the noise that is added to a unit vector, so that no two passages are equal."""

_ARTICLES_AT_A_TIME = 1000

_SAID_EVERY = 20
"""Writes after which it is said how far it is."""


def multiply(
    seeds: Collection, home: Home, name: str, passages: int, log: Callable[[str], None]
) -> None:
    """Make a collection of another one's passages, repeated with noise.

    Passages that it holds from an earlier call with the same collection are kept.

    Args:
        seeds: the other collection.
        home: of the new collection.
        name: of the new collection.
        passages: number of passages that the new collection gets at least.
        log: gets a line on each step.

    Raises:
        BenchFailed: the other collection is empty.
    """
    with closing(Collection.open_or_create(home, name, seeds.encoder)) as large:
        held = sum(large.catalog.passages.count_by_language().values())
        if held >= passages:
            return
        log(f"Making {passages:,} passages.")
        made = islice(copies(seeds, held), passages - held)
        writes = 0
        while some := list(islice(made, _ARTICLES_AT_A_TIME)):
            large.put(some)
            held += len(some)
            writes += 1
            if writes % _SAID_EVERY == 0:
                log(f"{held:,} of {passages:,}.")
        large.compact()


def copies(seeds: Collection, first: int = 0) -> Iterator[EncodedArticle]:
    """Yield the passages of a collection again and again, the first time without noise.

    Each passage is an article of its own.

    Args:
        seeds: the collection.
        first: number of the first one, from 0.

    Raises:
        BenchFailed: it is empty.
    """
    random = np.random.default_rng(first)
    with seeds.catalog.reading():
        stored_passages = list(seeds.catalog.passages.stream())
    if not stored_passages:
        raise BenchFailed(f"The collection {seeds.name!r} is empty; ingest articles into it.")
    for number in count(first):
        stored = stored_passages[number % len(stored_passages)]
        yield _copy(stored, number, random, exact=number < len(stored_passages))


def _copy(
    stored: StoredPassage, number: int, random: np.random.Generator, *, exact: bool
) -> EncodedArticle:
    """Make an article of one passage."""
    encoded = stored.encoded
    text = stored.text
    start = encoded.passage.start
    article = replace(stored.article, id=f"{number}", text=text)
    passage = replace(
        encoded.passage,
        article_id=article.id,
        start=0,
        end=len(text),
        sentences=tuple(
            replace(span, start=span.start - start, end=span.end - start)
            for span in encoded.passage.sentences
        ),
    )
    if not exact:
        encoded = replace(
            encoded,
            vector=_with_noise(encoded.vector[None], random)[0],
            sentence_vectors=_with_noise(encoded.sentence_vectors, random),
        )
    # A random signature, because copies must not be recognised as duplicates of one article.
    signature = random.integers(2**32, size=PERMUTATIONS, dtype=np.uint32)
    return EncodedArticle(article, [replace(encoded, passage=passage)], None, signature)


def _with_noise(vectors: Vectors, random: np.random.Generator) -> Vectors:
    noise = random.standard_normal(vectors.shape, dtype=np.float32)
    moved = vectors + _NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)
