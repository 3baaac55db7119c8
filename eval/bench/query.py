"""Measure searches of many passages: recall, latency, memory and size of the vector index."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings import Encoder, Vectors
from eval.bench.errors import BenchFailed
from eval.bench.memory import resident_mb
from eval.bench.new_process import output_of
from eval.bench.synthetic import synthesise
from rag.index.faiss_index import FaissIndex, Matrix, build
from rag.retrieval.ranking import NEAREST

MAX_QUESTIONS = 600
"""Questions of one measurement."""

_WARM_UP = 40
"""Searches before any is timed."""

_RECALL_DEPTH = 10
"""Passages that recall counts."""

_BLOCK = 65_536
"""Vectors that are compared at a time for the exact result: 100 MB at 384 dimensions."""

_CHILD = "import sys; from eval.bench.query import search_all; search_all(sys.argv[1])"

Log = Callable[[str], None]


@dataclass(frozen=True)
class LanguageVectors:
    """Vectors of one language on the disk.

    Attributes:
        path: a .npy file; the index is beside it, with the ending ``.faiss``.
        vectors: its contents, memory-mapped, shape (n, dim).
        nearest: each question's best rows by exact comparison, shape (questions, 10).
    """

    path: Path
    vectors: Matrix
    nearest: NDArray[np.int64]

    @property
    def index(self) -> Path:
        """Path of the index."""
        return self.path.with_suffix(".faiss")


def question_vectors(encoder: Encoder, questions: Sequence[str]) -> Vectors:
    """Encode up to :data:`MAX_QUESTIONS` questions, shape (n, dim), in a fixed random order."""
    return encoder.encode_questions(
        random.Random(0).sample(questions, k=min(MAX_QUESTIONS, len(questions)))
    )


def measure(
    seeds: Mapping[str, Vectors],
    questions: Vectors,
    sizes: Sequence[int],
    kinds: Sequence[str | None],
    log: Log,
) -> Iterator[dict[str, Any]]:
    """Yield the figures of ``tamngu bench query``, one line for each size and kind.

    One search looks for the 400 best passages of each language, one language after the other. A new
    process opens the indexes and times the searches, after 40 searches that are not timed. Resident
    memory is that process's at its end, and includes the pages of the files that it has read.
    Recall@10 is the share of a language's 10 best passages, by exact comparison in float32, that
    are among the search's 10 best; it is the mean over languages and questions.

    Args:
        seeds: real vectors by language, shape (n, dim); each language gets an equal share.
        questions: shape (questions, dim).
        sizes: numbers of passages, all languages together.
        kinds: of :data:`rag.index.faiss_kinds.KINDS`; None for the kind that the size selects.
        log: gets a line on each step.

    Raises:
        BenchFailed: the disk is too small, which is checked before anything is written, or a
            search failed.
    """
    _check_room(max(sizes), questions.shape[1])
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="tamngu-bench-") as name:
            folder = Path(name)
            np.save(folder / "questions.npy", questions)
            languages = []
            for place, (language, vectors) in enumerate(seeds.items()):
                count = size // len(seeds) + (place < size % len(seeds))
                log(f"{size:,} passages: making {count:,} in {language}.")
                path = folder / f"{language}.npy"
                made = synthesise(vectors, count, path, seed=place)
                languages.append(LanguageVectors(path, made, nearest(made, questions)))
            for kind in kinds:
                log(f"{size:,} passages: indexing and searching ({kind or 'kind by size'}).")
                yield {"passages": size, **_figures(languages, kind)}


def nearest(vectors: Matrix, questions: Vectors) -> NDArray[np.int64]:
    """Return the 10 best rows of each question by exact comparison, shape (questions, 10)."""
    scores = np.empty((len(questions), 0), np.float32)
    rows = np.empty((len(questions), 0), np.int64)
    for start in range(0, len(vectors), _BLOCK):
        block = np.asarray(vectors[start : start + _BLOCK], dtype=np.float32)
        some = faiss.knn(
            questions, block, min(_RECALL_DEPTH, len(block)), faiss.METRIC_INNER_PRODUCT
        )
        scores = np.concatenate([scores, some[0]], axis=1)
        rows = np.concatenate([rows, some[1] + start], axis=1)
        order = np.argsort(-scores, axis=1, kind="stable")[:, :_RECALL_DEPTH]
        scores = np.take_along_axis(scores, order, axis=1)
        rows = np.take_along_axis(rows, order, axis=1)
    return rows


def search_all(folder: str) -> None:
    """Search all indexes of a folder for all its questions; a new process runs this.

    It prints times in milliseconds and resident memory in MB (2**20 bytes) as JSON, and writes the
    rows found to ``LANG.found.npy``.
    """
    questions = np.load(Path(folder) / "questions.npy")
    opened = {
        path.stem: FaissIndex.open(path, np.load(path.with_suffix(".npy"), mmap_mode="r"))
        for path in sorted(Path(folder).glob("*.faiss"))
    }
    for question in questions[:_WARM_UP]:
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
            found[language].append(some.rows[0, :_RECALL_DEPTH])
    for language, rows in found.items():
        np.save(Path(folder) / f"{language}.found.npy", np.stack(rows))
    print(json.dumps({"times": times, "rss_mb": resident_mb()}))  # noqa: T201


def _figures(languages: Sequence[LanguageVectors], kind: str | None) -> dict[str, Any]:
    started = time.perf_counter()
    names = [build(each.vectors, each.index, kind) for each in languages]
    build_s = time.perf_counter() - started
    folder = languages[0].path.parent
    output = json.loads(output_of("search", "-c", _CHILD, str(folder)))
    recalls = [
        _recall(np.load(each.path.with_suffix(".found.npy")), each.nearest) for each in languages
    ]
    # A collection has no file of a flat index: it is made of the vectors when it is opened.
    on_disk = sum(
        each.vectors.nbytes + (each.index.stat().st_size if name != "flat" else 0)
        for name, each in zip(names, languages, strict=True)
    )
    return {
        "index": "+".join(dict.fromkeys(names)),
        "recall@10": round(float(np.mean(recalls)), 4),
        "p50_ms": round(float(np.percentile(output["times"], 50)), 2),
        "p95_ms": round(float(np.percentile(output["times"], 95)), 2),
        "rss_mb": round(output["rss_mb"]),
        "build_s": round(build_s, 1),
        "bytes_per_passage": round(on_disk / sum(len(each.vectors) for each in languages)),
    }


def _recall(found: NDArray[np.int64], expected: NDArray[np.int64]) -> float:
    """Return the mean share of expected rows that are found; both of shape (questions, n)."""
    hits = (found[:, :, None] == expected[:, None, :]).any(axis=1)
    return float(hits.mean())


def _check_room(passages: int, dim: int) -> None:
    """Check that the disk has room for the vectors (float16) and the largest index (the same size).

    Raises:
        BenchFailed: it does not.
    """
    needed = passages * dim * 4 * 1.1
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if needed > free:
        raise BenchFailed(
            f"{passages:,} passages need {needed / 1e9:.1f} GB in {tempfile.gettempdir()}, where "
            f"{free / 1e9:.1f} GB are free. Set TMPDIR to another folder, or choose fewer passages."
        )
