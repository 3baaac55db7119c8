"""Search of many passages: recall, latency, memory and size of the vector index."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings import Encoder, TamnguError, Vectors
from eval.bench.synthetic import synthesise
from rag.index.faiss_index import FaissRows, Matrix, build
from rag.retrieval.ranking import NEAREST

ASKED = 600
"""Questions of one measurement, at most."""

_WARM = 40
"""Questions asked before anything is timed."""

_COUNTED = 10
"""Passages that recall counts."""

_BLOCK = 65_536
"""Vectors that are compared at a time for the exact result: 100 MB at 384 dimensions."""

_CHILD = "import sys; from eval.bench.query import ask; ask(sys.argv[1])"

Say = Callable[[str], None]


class BenchFailed(TamnguError):
    """A measurement that cannot be made here."""


@dataclass(frozen=True)
class Stock:
    """Vectors of one language on disk.

    Attributes:
        path: a .npy file; the index lies beside it, with the ending ``.faiss``.
        vectors: what is in it, memory-mapped, shape (n, dim).
        nearest: each question's best rows by exact comparison, shape (questions, 10).
    """

    path: Path
    vectors: Matrix
    nearest: NDArray[np.int64]

    @property
    def index(self) -> Path:
        """Where the index is."""
        return self.path.with_suffix(".faiss")


def question_vectors(encoder: Encoder, questions: Sequence[str]) -> Vectors:
    """Encode up to :data:`ASKED` questions, shape (n, dim); the same ones each time, shuffled."""
    return encoder.encode_questions(
        random.Random(0).sample(questions, k=min(ASKED, len(questions)))
    )


def measure(
    seeds: Mapping[str, Vectors],
    questions: Vectors,
    sizes: Sequence[int],
    kinds: Sequence[str | None],
    say: Say,
) -> Iterator[dict[str, Any]]:
    """Yield the figures of ``tamngu bench query``, a line for each size and kind.

    One search asks each language for its 400 best, one language after the other. It is timed in a
    new process that opens the indexes and searches, after 40 searches that are not timed; resident
    memory is that process's at its end and includes what it has touched of the files. Recall@10 is
    the share of the 10 best by exact comparison in float32, of each language, that the search gives
    as its 10 best; the mean over languages and questions.

    Args:
        seeds: real vectors by language, shape (n, dim); each language gets an equal part.
        questions: shape (questions, dim).
        sizes: passages of all languages together.
        kinds: of :data:`rag.index.faiss_index.KINDS`; None for the one that is chosen by size.
        say: takes a line on what is being done.

    Raises:
        BenchFailed: the disk lacks room, found before anything is written, or a search failed.
    """
    _check_room(max(sizes), questions.shape[1])
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="tamngu-bench-") as name:
            folder = Path(name)
            np.save(folder / "questions.npy", questions)
            stocks = []
            for place, (language, vectors) in enumerate(seeds.items()):
                count = size // len(seeds) + (place < size % len(seeds))
                say(f"{size:,} passages: making {count:,} of {language}.")
                path = folder / f"{language}.npy"
                made = synthesise(vectors, count, path, seed=place)
                stocks.append(Stock(path, made, nearest(made, questions)))
            for kind in kinds:
                say(f"{size:,} passages: indexing and searching ({kind or 'chosen by size'}).")
                yield {"passages": size, **_figures(stocks, kind)}


def nearest(vectors: Matrix, questions: Vectors) -> NDArray[np.int64]:
    """Return the 10 best rows of each question by exact comparison, shape (questions, 10)."""
    scores = np.empty((len(questions), 0), np.float32)
    rows = np.empty((len(questions), 0), np.int64)
    for start in range(0, len(vectors), _BLOCK):
        block = np.asarray(vectors[start : start + _BLOCK], dtype=np.float32)
        some = faiss.knn(questions, block, min(_COUNTED, len(block)), faiss.METRIC_INNER_PRODUCT)
        scores = np.concatenate([scores, some[0]], axis=1)
        rows = np.concatenate([rows, some[1] + start], axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :_COUNTED]
        scores = np.take_along_axis(scores, order, axis=1)
        rows = np.take_along_axis(rows, order, axis=1)
    return rows


def ask(folder: str) -> None:
    """Search all indexes of a folder with all its questions; the whole work of the new process.

    Prints times in milliseconds and resident memory in MB (2**20 bytes) as JSON, and writes the
    rows found to ``LANG.found.npy``.
    """
    questions = np.load(Path(folder) / "questions.npy")
    opened = {
        path.stem: FaissRows.open(path, np.load(path.with_suffix(".npy"), mmap_mode="r"))
        for path in sorted(Path(folder).glob("*.faiss"))
    }
    for question in questions[:_WARM]:
        for index in opened.values():
            index.search(question[None], NEAREST)
    times = []
    found: dict[str, list[NDArray[np.int64]]] = {language: [] for language in opened}
    for question in questions:
        started = time.perf_counter()
        matches = {
            language: index.search(question[None], NEAREST) for language, index in opened.items()
        }
        times.append((time.perf_counter() - started) * 1000)
        for language, some in matches.items():
            found[language].append(some.rows[0, :_COUNTED])
    for language, rows in found.items():
        np.save(Path(folder) / f"{language}.found.npy", np.stack(rows))
    print(json.dumps({"times": times, "rss_mb": _resident()}))  # noqa: T201


def _figures(stocks: Sequence[Stock], kind: str | None) -> dict[str, Any]:
    started = time.perf_counter()
    names = [build(stock.vectors, stock.index, kind) for stock in stocks]
    taken = time.perf_counter() - started
    folder = stocks[0].path.parent
    run = subprocess.run(
        [sys.executable, "-c", _CHILD, str(folder)], capture_output=True, text=True, check=False
    )
    if run.returncode != 0:
        raise BenchFailed(f"A fresh process failed: {run.stderr.strip().splitlines()[-1:]}")
    told = json.loads(run.stdout)
    recalls = [
        _recall(np.load(stock.path.with_suffix(".found.npy")), stock.nearest) for stock in stocks
    ]
    on_disk = sum(stock.index.stat().st_size + stock.vectors.nbytes for stock in stocks)
    return {
        "index": "+".join(dict.fromkeys(names)),
        "recall@10": round(float(np.mean(recalls)), 4),
        "p50_ms": round(float(np.percentile(told["times"], 50)), 2),
        "p95_ms": round(float(np.percentile(told["times"], 95)), 2),
        "rss_mb": round(told["rss_mb"]),
        "build_s": round(taken, 1),
        "bytes_per_passage": round(on_disk / sum(len(stock.vectors) for stock in stocks)),
    }


def _recall(found: NDArray[np.int64], expected: NDArray[np.int64]) -> float:
    """Return the mean share of expected rows that are found; both of shape (questions, n)."""
    hits = (found[:, :, None] == expected[:, None, :]).any(axis=1)
    return float(hits.mean())


def _resident() -> float:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _check_room(passages: int, dim: int) -> None:
    """See that the vectors fit, 2 bytes a dimension, and the largest index, as much again."""
    needed = passages * dim * 4 * 1.1
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if needed > free:
        raise BenchFailed(
            f"{passages:,} passages need {needed / 1e9:.1f} GB in {tempfile.gettempdir()}, where "
            f"{free / 1e9:.1f} GB are free. Name another folder in TMPDIR, or ask for fewer."
        )
