"""Answers from a large collection: how long a question takes, from its text to cited quotes."""

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
from eval.bench.query import BenchFailed
from rag import Collection, ask
from rag.catalog.catalog import StoredPassage
from rag.records.passage import EncodedArticle
from rag.text.minhash import PERMUTATIONS

ASKED = 300
"""Questions that are timed, at most; as many seconds at most are spent on it."""

_WARM = 20
_NOISE = 0.3
"""Length of what is added to a unit vector, so that no two passages are alike."""

_AT_ONCE = 1000

LARGE = "large"
"""What a collection is called that was made large for measuring."""


def measure(
    home: Path,
    name: str,
    encoder: Encoder,
    questions: Sequence[str],
    passages: int,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """Return the figures of ``tamngu bench ask``.

    The collection's passages are repeated, with noise added to their vectors, until there are
    enough; each is an article of its own.

    Raises:
        BenchFailed: the collection is empty.
    """
    with tempfile.TemporaryDirectory(prefix="tamngu-bench-") as folder:
        say(f"Making {passages:,} passages.")
        multiply(home, name, encoder, passages, Path(folder))
        with closing(Collection.open(Path(folder), LARGE, encoder)) as large:
            say("Asking.")
            return {"passages": passages, **_ask(large, questions)}


def multiply(home: Path, name: str, encoder: Encoder, passages: int, into: Path) -> None:
    """Make the collection :data:`LARGE` of another one's passages, repeated with noise.

    Args:
        home: of the collection.
        name: of the collection.
        encoder: that it was built with.
        passages: wanted.
        into: the home of what is made.

    Raises:
        BenchFailed: the collection is empty.
    """
    with (
        closing(Collection.open(home, name, encoder)) as seeds,
        closing(Collection.open_or_create(into, LARGE, encoder)) as large,
    ):
        made = islice(_made(seeds), passages)
        while some := list(islice(made, _AT_ONCE)):
            large.put(some)
        large.compact()


def _ask(collection: Collection, questions: Sequence[str]) -> dict[str, Any]:
    texts = Random(0).sample(questions, min(len(questions), ASKED + _WARM))
    took, cited, verified = [], 0, 0
    until = time.perf_counter() + ASKED
    for number, text in enumerate(texts):
        started = time.perf_counter()
        answer = ask(collection, text)
        if number >= min(_WARM, len(texts) // 2):
            took.append(1000 * (time.perf_counter() - started))
        for citation in answer.citations:
            article = collection.catalog.article(citation.article_id)
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
        "citations": cited,
        "citations_verified": verified,
    }


def _made(seeds: Collection) -> Iterator[EncodedArticle]:
    """Yield passages of a collection, over and over, the first time as they are."""
    random = np.random.default_rng(0)
    with seeds.catalog.reading():
        held = list(seeds.catalog.stored())
    if not held:
        raise BenchFailed(f"The collection {seeds.name!r} is empty; ingest articles into it.")
    for number, stored in enumerate(cycle(held)):
        yield _copy(stored, number, random, exact=number < len(held))


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
            vector=_moved(encoded.vector[None], random)[0],
            sentence_vectors=_moved(encoded.sentence_vectors, random),
        )
    # Not the text's own: copies are not to be taken for one story.
    signature = random.integers(2**32, size=PERMUTATIONS, dtype=np.uint32)
    return EncodedArticle(article, [replace(encoded, passage=passage)], None, signature)


def _moved(vectors: Vectors, random: np.random.Generator) -> Vectors:
    noise = random.standard_normal(vectors.shape, dtype=np.float32)
    moved = vectors + _NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)
