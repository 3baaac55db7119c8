"""What Milvus finds among many passages, and how soon: ``python -m tests.soak.cluster_recall``.

Milvus is that of :mod:`tests.soak.milvus_nodes`. Vectors are made of encoded ones, as ``tamngu
bench query`` makes them. What is found is compared with what exact comparison finds, and time with
that of one machine's indexes, question by question. What it prints goes to docs/cluster.md.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from embeddings.load import load_encoder
from eval.bench.articles import write_articles
from eval.bench.query import nearest, question_vectors
from eval.bench.synthetic import real_vectors, synthesise
from eval.bench.workload import read_workload
from rag.cluster.milvus.index_kinds import INDEXES
from rag.cluster.milvus.store import MilvusVectors
from rag.cluster.settings import ClusterSettings, IndexKind
from rag.cluster.vectors import Condition, IndexedPassage
from rag.collection.paths import existing_directory
from rag.index.faiss_index import FaissIndex, build
from rag.retrieval.ranking import NEAREST
from tamngu.cli.terminal import echo, prepare_output
from tests.process_tree import computed_s, resident_mb
from tests.served_home import TAMNGU, end_on_sigterm
from tests.soak.indexed import wait_until_indexed
from tests.soak.milvus_nodes import MilvusNodes, install_nodes, milvus_nodes
from tests.soak.own_network import enter_own_network

_NAME = "passages"

_DEPTH = 10
"""Passages that recall counts."""

_AT_ONCE = 512
"""Passages that Milvus is told at a time, as :mod:`rag.cluster.outbox` tells it."""

_CHECKED_EVERY = 8
"""Writes after which it is awaited that all nodes have read them, so that the broker, which keeps
5 MB of a topic, drops none."""

_SOURCES = 100
_DAYS = 1000
_FIRST_DAY = 737_000
"""What passages are filtered by: one of so many sources, and one of so many days."""


@dataclass(frozen=True)
class _Language:
    """The passages of one language.

    Attributes:
        keys: of the passages, shape (n,).
        vectors: shape (n, dim), memory-mapped.
        index: that of one machine.
    """

    name: str
    keys: NDArray[np.int64]
    vectors: NDArray[np.float16]
    index: FaissIndex


@dataclass(frozen=True)
class _Filtered:
    """A filter, as Milvus is asked and as rows are chosen here."""

    name: str
    condition: Callable[[str], Condition]
    allowed: Callable[[NDArray[np.int64]], NDArray[np.bool_]] | None = None


def _days(name: str, share: int) -> _Filtered:
    """Return a filter that leaves one in so many days."""
    last = _FIRST_DAY + _DAYS // share - 1
    return _Filtered(
        name,
        lambda language: Condition(language, first_day=_FIRST_DAY, last_day=last),
        lambda keys: keys % _DAYS < _DAYS // share,
    )


_FILTERS = (
    _Filtered("no filter", Condition),
    _Filtered(
        "5 of 100 sources",
        lambda language: Condition(language, sources=[1, 2, 3, 4, 5]),
        lambda keys: keys % _SOURCES < 5,
    ),
    _days("half of the days", 2),
    _days("a third of the days", 3),
    _days("a quarter of the days", 4),
    _days("a fifth of the days", 5),
    _days("a tenth of the days", 10),
)


@dataclass
class _Measured:
    """Milliseconds of questions, and shares of the best passages that were found."""

    took_ms: dict[str, list[float]] = field(
        default_factory=lambda: {"Milvus": [], "one machine": []}
    )
    recalls: dict[str, list[float]] = field(
        default_factory=lambda: {"Milvus": [], "one machine": []}
    )


@click.command()
@click.option("--passages", default=300_000, show_default=True, help="Of all languages together.")
@click.option("--articles", default=240, show_default=True, help="That are encoded.")
@click.option("--home", type=click.Path(path_type=Path), help="Keeps them for another run.")
@click.option("--shards", default=2, show_default=True)
@click.option("--replicas", default=1, show_default=True)
@click.option("--index", type=click.Choice(sorted(INDEXES)), default="hnsw", show_default=True)
def main(
    passages: int, articles: int, home: Path | None, shards: int, replicas: int, index: IndexKind
) -> None:
    """Fill Milvus, ask it and one machine's indexes the sample's questions, and compare."""
    install_nodes()
    enter_own_network("tests.soak.cluster_recall")
    prepare_output()
    end_on_sigterm()
    encoder = load_encoder()
    questions = question_vectors(encoder, read_workload("sample").questions)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        languages = list(_languages(_seeds(home or folder, articles), passages, folder))
        milvus = stack.enter_context(milvus_nodes())
        settings = ClusterSettings(
            "",
            f"http://127.0.0.1:{milvus.port}",
            shards=shards,
            replicas=replicas,
            index=index,
            timeout_s=60,
        )
        store = stack.enter_context(closing(MilvusVectors(settings, _NAME, questions.shape[1])))
        store.create(passages)
        _fill(store, languages, milvus)
        _compare("just written", store, languages, questions)
        wait_until_indexed(settings.vectors, _NAME, passages)
        echo(_processes(milvus))
        echo(f"Milvus holds {store.count():,} passages.")
        _compare("indexed", store, languages, questions)


def _seeds(home: Path, articles: int) -> dict[str, Vectors]:
    """Return encoded passages by language: those of a home that has some, or of new ones."""
    if not (home / "articles").exists():
        write_articles([], articles, home / "articles")
        words = ("ingest", str(home / "articles"), "--home", str(home), "-c", _NAME, "--json")
        subprocess.run([*TAMNGU, *words], check=True, stdout=subprocess.DEVNULL)
    return real_vectors(existing_directory(home, _NAME) / "catalog.db")


def _languages(seeds: Mapping[str, Vectors], passages: int, folder: Path) -> Iterator[_Language]:
    first = 0
    for place, (name, vectors) in enumerate(seeds.items()):
        count = passages // len(seeds) + (place < passages % len(seeds))
        made = synthesise(vectors, count, folder / f"{name}.npy", seed=place)
        index = folder / f"{name}.faiss"
        kind = build(made, index)
        echo(f"{name}: {count:,} passages, made of {len(vectors)}; on one machine {kind}.")
        opened = FaissIndex.open(index, made)
        yield _Language(name, np.arange(first, first + count), made, opened)
        first += count


def _fill(store: MilvusVectors, languages: list[_Language], milvus: MilvusNodes) -> None:
    begun = time.monotonic()
    writes = 0
    for language in languages:
        for start in range(0, len(language.keys), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            vectors = language.vectors[some].astype(np.float32)
            store.upsert(
                [
                    IndexedPassage(
                        key, language.name, key % _SOURCES + 1, (), _FIRST_DAY + key % _DAYS, of, {}
                    )
                    for key, of in zip(language.keys[some].tolist(), vectors, strict=True)
                ]
            )
            writes += 1
            if writes % _CHECKED_EVERY == 0:
                store.count()
    held, told = store.count(), sum(len(each.keys) for each in languages)
    echo(f"Told of {told:,} passages in {time.monotonic() - begun:.0f} s; it holds {held:,}.")
    echo(_processes(milvus))


def _processes(milvus: MilvusNodes) -> str:
    said = []
    for role, part in milvus.parts.items():
        assert part.process is not None
        pid = part.process.pid
        said.append(f"{role} {computed_s(pid):.0f} s, {resident_mb(pid):,.0f} MB")
    return f"  computing and memory: {'; '.join(said)}"


def _compare(
    when: str, store: MilvusVectors, languages: list[_Language], questions: Vectors
) -> None:
    for filtered in _FILTERS:
        measured = _measured(filtered, store, languages, questions)
        for who, took_ms in measured.took_ms.items():
            p50, p95 = np.percentile(took_ms, (50, 95))
            echo(
                f"{when}, {filtered.name}, {who}: recall@{_DEPTH} "
                f"{np.mean(measured.recalls[who]):.4f}; p50 {p50:.0f}, p95 {p95:.0f} ms"
            )


def _measured(
    filtered: _Filtered, store: MilvusVectors, languages: list[_Language], questions: Vectors
) -> _Measured:
    """Ask Milvus and one machine's indexes each question, one after the other.

    A question's time is that of the best 400 passages of every language.
    """
    measured = _Measured()
    allowed = {
        each.name: None if filtered.allowed is None else filtered.allowed(each.keys)
        for each in languages
    }
    exact = {each.name: _exact(each, allowed[each.name], questions) for each in languages}
    for place, question in enumerate(questions):
        took = dict.fromkeys(measured.took_ms, 0.0)
        for each in languages:
            begun = time.perf_counter()
            keys = store.search(question[None], NEAREST, filtered.condition(each.name)).keys[0]
            took["Milvus"] += time.perf_counter() - begun
            begun = time.perf_counter()
            rows = each.index.search(question[None], NEAREST, allowed[each.name]).rows[0]
            took["one machine"] += time.perf_counter() - begun
            for who, found in (("Milvus", keys), ("one machine", each.keys[rows])):
                expected = exact[each.name][place]
                share = np.isin(expected, found[:_DEPTH]).mean()
                measured.recalls[who].append(float(share))
        for who, seconds in took.items():
            measured.took_ms[who].append(1000 * seconds)
    return measured


def _exact(
    language: _Language, allowed: NDArray[np.bool_] | None, questions: Vectors
) -> NDArray[np.int64]:
    """Return the keys of each question's best passages, shape (questions, 10)."""
    if allowed is None:
        return language.keys[nearest(language.vectors, questions)]
    return language.keys[allowed][nearest(language.vectors[allowed], questions)]


if __name__ == "__main__":
    main()
