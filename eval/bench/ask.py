"""Measure answers from a large collection: the time from a question's text to cited quotes."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from embeddings import Encoder, Vectors
from eval.bench.errors import BenchFailed
from rag import Collection, ask
from rag.records.passage import EncodedArticle, StoredPassage
from rag.text.minhash import PERMUTATIONS

_MAX_TIMED = 300
"""Questions that are timed."""

_MAX_SECONDS = 300
"""Time after which no more questions are asked."""

_WARM_UP = 20
"""Questions that are asked before any is timed."""

_NOISE = 0.3
"""Length of the noise that is added to a unit vector, so that no two passages are equal."""

_ARTICLES_AT_A_TIME = 1000

LARGE = "large"
"""Name of the collection that is made for measuring."""


def measure(
    home: Path,
    name: str,
    encoder: Encoder,
    questions: Sequence[str],
    passages: int,
    log: Callable[[str], None],
) -> dict[str, Any]:
    """Return the figures of ``tamngu bench ask``.

    The collection's passages are repeated, with noise added to their vectors, until there are
    enough. Each passage is an article of its own.

    Args:
        home: folder of the collection.
        name: of the collection.
        encoder: with which the collection was built.
        questions: to ask.
        passages: number of passages in the large collection.
        log: gets a line on each step.

    Raises:
        BenchFailed: the collection is empty.
    """
    with tempfile.TemporaryDirectory(prefix="tamngu-bench-") as folder:
        log(f"Making {passages:,} passages.")
        multiply(home, name, encoder, passages, Path(folder))
        with closing(Collection.open(Path(folder), LARGE, encoder)) as large:
            log("Asking.")
            return {"passages": passages, **_ask(large, questions)}


def multiply(home: Path, name: str, encoder: Encoder, passages: int, into: Path) -> None:
    """Make the collection :data:`LARGE` of another collection's passages, repeated with noise.

    Args:
        home: folder of the other collection.
        name: of the other collection.
        encoder: with which it was built.
        passages: number of passages to make.
        into: folder of the new collection.

    Raises:
        BenchFailed: the collection is empty.
    """
    with (
        closing(Collection.open(home, name, encoder)) as seeds,
        closing(Collection.open_or_create(into, LARGE, encoder)) as large,
    ):
        made = islice(copies(seeds), passages)
        while some := list(islice(made, _ARTICLES_AT_A_TIME)):
            large.put(some)
        large.compact()


def _ask(collection: Collection, questions: Sequence[str]) -> dict[str, Any]:
    texts = Random(0).sample(questions, min(len(questions), _MAX_TIMED + _WARM_UP))
    took, computed, cited, verified = [], [], 0, 0
    until = time.perf_counter() + _MAX_SECONDS
    for number, text in enumerate(texts):
        started, before = time.perf_counter(), time.process_time()
        answer = ask(collection, text)
        if number >= min(_WARM_UP, len(texts) // 2):
            took.append(1000 * (time.perf_counter() - started))
            computed.append(1000 * (time.process_time() - before))
        for citation in answer.citations:
            article = collection.catalog.articles.get(citation.article_id)
            cited += 1
            verified += (
                article is not None
                and article.text[citation.start : citation.end] == citation.quote
            )
        if time.perf_counter() > until:
            break
    return {
        "questions": len(took),
        "p50_ms": round(float(np.percentile(took, 50)), 1),
        "p95_ms": round(float(np.percentile(took, 95)), 1),
        "cpu_p50_ms": round(float(np.percentile(computed, 50)), 1),
        "citations": cited,
        "citations_verified": verified,
    }


def copies(seeds: Collection) -> Iterator[EncodedArticle]:
    """Yield the passages of a collection again and again, the first time without noise.

    Each is an article of its own.

    Args:
        seeds: the collection.

    Raises:
        BenchFailed: it is empty.
    """
    random = np.random.default_rng(0)
    with seeds.catalog.reading():
        stored_passages = list(seeds.catalog.passages.stream())
    if not stored_passages:
        raise BenchFailed(f"The collection {seeds.name!r} is empty; ingest articles into it.")
    for number, stored in enumerate(cycle(stored_passages)):
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
