"""What a growing cluster costs, step by step: ``python -m tests.soak.cluster_growth``.

PostgreSQL and Milvus Lite are those of the tests. Articles are made, and nothing is encoded: their
vectors and tokens are random, of the packaged model's sizes. What is printed is computing time,
which other work on the machine changes little, and bytes. It goes to docs/cluster.md.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from embeddings import Encoder, Vectors
from embeddings.load import load_encoder
from rag import Collection
from rag.catalog.catalog import Catalog
from rag.cluster.cluster import Cluster
from rag.cluster.postgres import PostgresDatabase
from rag.ingestion.encoding import chunk_article
from rag.records.passage import CODE_BYTES, EncodedArticle, EncodedPassage
from tamngu.cli.terminal import echo, prepare_output
from tests.cluster_parts import Part, milvus_lite, postgres, write_settings
from tests.integration.rag.versions import LANGUAGES, make_version
from tests.process_tree import computed_s, descendants, resident_mb
from tests.served_home import end_on_sigterm

_SENTENCES = 16
_BATCH = 256
"""Passages of a transaction, as in an ingest."""


@click.command()
@click.option("--passages", default=16_000, show_default=True, help="At the end.")
@click.option("--steps", default=4, show_default=True, help="Rows that are printed.")
def main(passages: int, steps: int) -> None:
    """Store made articles, tell Milvus of them, and print what each thousand passages took."""
    prepare_output()
    end_on_sigterm()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        catalog, vectors = (stack.enter_context(each()) for each in (postgres, milvus_lite))
        file = folder / "cluster.toml"
        write_settings(file, catalog, vectors, timeout_s=120)
        encoder = load_encoder()
        collection = stack.enter_context(
            closing(Collection.open_or_create(Cluster.read(file), "grown", encoder, "none"))
        )
        made = _articles(encoder)
        parts = {"this process": None, "PostgreSQL": catalog, "Milvus": vectors}
        echo("Computing seconds for 1,000 passages, and KB a passage.")
        stored = 0
        for step in range(1, steps + 1):
            batches: list[list[EncodedArticle]] = []
            count = 0
            while stored + count < passages * step // steps:
                batches.append(_batch(made))
                count += sum(len(entry.passages) for entry in batches[-1])
            put = _spent(parts, partial(_put, collection, batches))
            told = _spent(parts, collection.compact)
            stored += count
            echo(
                f"{stored:,} passages: stored with {_line(put, count)}; told with "
                f"{_line(told, count)}; on disk {_size(collection.catalog) / stored / 1000:.1f} KB;"
                f" Milvus Lite {_resident(vectors):,.0f} MB"
            )


def _put(collection: Collection, batches: list[list[EncodedArticle]]) -> None:
    for batch in batches:
        collection.put(batch)


def _batch(made: Iterator[EncodedArticle]) -> list[EncodedArticle]:
    batch: list[EncodedArticle] = []
    while sum(len(entry.passages) for entry in batch) < _BATCH:
        batch.append(next(made))
    return batch


def _articles(encoder: Encoder) -> Iterator[EncodedArticle]:
    """Yield articles of random vectors without end."""
    chance = np.random.default_rng(0)
    dim = encoder.fingerprint.dim
    number = 0
    while True:
        number += 1
        article = make_version(f"{LANGUAGES[number % 3]}-{number}", 1, _SENTENCES)
        chunked = chunk_article(encoder, article)
        entries = []
        for passage in chunked.passages:
            tokens = encoder.count_tokens([article.text[passage.start : passage.end]])[0]
            entries.append(
                EncodedPassage(
                    passage,
                    _unit(chance.standard_normal((1, dim)))[0],
                    _unit(chance.standard_normal((len(passage.sentences), dim))),
                    chance.integers(0, 256, (tokens, CODE_BYTES), dtype=np.uint8),
                )
            )
        yield EncodedArticle(article, entries, None, chunked.signature)


def _unit(vectors: NDArray[np.float64]) -> Vectors:
    unit: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def _spent(parts: dict[str, Part | None], work: Callable[[], object]) -> dict[str, float]:
    """Return the computing seconds of each part during some work."""
    before = {name: _computed(part) for name, part in parts.items()}
    work()
    return {name: _computed(part) - before[name] for name, part in parts.items()}


def _computed(part: Part | None) -> float:
    if part is None:
        return time.process_time()
    assert part.process is not None
    pid = part.process.pid
    return sum(map(computed_s, (pid, *descendants(pid))))


def _resident(part: Part) -> float:
    assert part.process is not None
    return resident_mb(part.process.pid)


def _size(catalog: Catalog) -> int:
    database = catalog.connections
    assert isinstance(database, PostgresDatabase)
    return database.size_bytes()


def _line(spent: dict[str, float], passages: int) -> str:
    return ", ".join(f"{name} {1000 * took / passages:.2f}" for name, took in spent.items())


if __name__ == "__main__":
    main()
