"""Measure answers from large collections: the time from a question's text to cited quotes."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from embeddings import load_encoder
from eval.bench.errors import BenchFailed
from eval.bench.large_collection import multiply
from eval.bench.memory import anonymous_mb, resident_mb
from eval.bench.new_process import output_of
from eval.bench.place import Place
from rag import Collection, ask
from rag.catalog.catalog import Catalog
from rag.collection.paths import collection_directory

_MAX_TIMED = 300
"""Questions that are timed."""

_MAX_SECONDS = 300
"""Time after which no more questions are asked."""

_COLD = 20
"""Questions that are asked first, with nothing of the collection in memory."""

_CHILD = "import sys; from eval.bench.ask import answer_all; answer_all(sys.argv[1])"


@dataclass(frozen=True)
class AskTask:
    """What a new process measures.

    Attributes:
        place: of the large collection.
        name: of the large collection.
        model: as :func:`embeddings.load_encoder` takes it.
        reader: as :func:`reading.load_reader` takes it; None for the environment's.
        questions: to ask.
    """

    place: Place
    name: str
    model: str
    reader: str | None
    questions: Sequence[str]

    @classmethod
    def read(cls, file: Path) -> AskTask:
        """Return the task that a file of JSON describes."""
        described = json.loads(file.read_text(encoding="utf-8"))
        return cls(**described | {"place": Place(**described["place"])})


def measure(
    place: Place,
    name: str,
    sizes: Sequence[int],
    task: AskTask,
    log: Callable[[str], None],
) -> Iterator[dict[str, Any]]:
    """Yield the figures of ``tamngu bench ask``, one line for each size of the collection.

    The collection's passages are repeated, with noise added to their vectors, until there are
    enough; each passage is an article of its own. A new process opens the large collection and asks
    one question after the other. The first 20 find none of the collection's files in memory; the
    others are timed as ``p50_ms`` and ``p95_ms``. Of a cluster, files and memory are those of other
    processes: ``kb_a_passage`` is left out, and PostgreSQL may have in memory what is asked first.

    Args:
        place: of the collection.
        name: of the collection.
        sizes: numbers of passages; the large collection grows from one to the next.
        task: what to ask; its place gets the large collection, and a folder keeps what it holds.
        log: gets a line on each step.

    Raises:
        BenchFailed: the collection is empty, the folder holds more passages than are asked for, or
            the new process failed.
    """
    folder = task.place.folder
    if folder is not None:
        _check_kept(folder, task.name, min(sizes))
    asked = Random(0).sample(task.questions, min(len(task.questions), _MAX_TIMED + _COLD))
    content = json.dumps(asdict(replace(task, questions=asked)))
    encoder = load_encoder(task.model)
    for size in sorted(sizes):
        with closing(Collection.open(place.home(), name, encoder)) as seeds:
            multiply(seeds, task.place.home(), task.name, size, log)
        log("Asking.")
        if folder is not None:
            _forget_files(folder)
        with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            figures = json.loads(output_of("ask", "-c", _CHILD, file.name))
        if folder is not None:
            on_disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            figures["kb_a_passage"] = round(on_disk / 1000 / figures["passages"], 2)
        yield figures


def _check_kept(home: Path, name: str, size: int) -> None:
    catalog = collection_directory(home, name) / "catalog.db"
    if not catalog.is_file():
        return
    with closing(Catalog(catalog)) as kept:
        held = sum(kept.passages.count_by_language().values())
    if held > size:
        raise BenchFailed(f"{home} holds {held:,} passages already; measure at least as many.")


def answer_all(file: str) -> None:
    """Ask the questions of a task, a file of JSON; a new process runs this, and prints figures."""
    task = AskTask.read(Path(file))
    encoder = load_encoder(task.model)
    home = task.place.home()
    started = time.perf_counter()
    with closing(Collection.open(home, task.name, encoder, task.reader)) as collection:
        opened = time.perf_counter() - started
        figures = {
            "passages": sum(collection.catalog.passages.count_by_language().values()),
            **_ask(collection, task.questions),
            "open_s": round(opened, 2),
            "rss_mb": round(resident_mb()),
            "anonymous_mb": anonymous_mb(os.getpid()),
        }
    print(json.dumps(figures))  # noqa: T201


def _ask(collection: Collection, questions: Sequence[str]) -> dict[str, Any]:
    cold = min(_COLD, len(questions) // 2)
    took, computed, cited, verified = [], [], 0, 0
    until = time.perf_counter() + _MAX_SECONDS
    for text in questions:
        started, before = time.perf_counter(), time.process_time()
        answer = ask(collection, text)
        took.append(1000 * (time.perf_counter() - started))
        computed.append(1000 * (time.process_time() - before))
        for citation in answer.citations:
            article = collection.catalog.articles.get(citation.article_id)
            cited += 1
            verified += (
                article is not None
                and article.text[citation.start : citation.end] == citation.quote
            )
        if time.perf_counter() > until and len(took) > cold:
            break
    return {
        "questions": len(took) - cold,
        "p50_ms": _percentile(took[cold:], 50),
        "p95_ms": _percentile(took[cold:], 95),
        "cpu_p50_ms": _percentile(computed[cold:], 50),
        "cold_first_ms": round(took[0], 1),
        "cold_p50_ms": _percentile(took[:cold], 50),
        "citations": cited,
        "citations_verified": verified,
    }


def _percentile(values: Sequence[float], share: float) -> float:
    return round(float(np.percentile(values, share)), 1)


def _forget_files(folder: Path) -> None:
    """Have the system keep no page of the folder's files in memory, where it can be asked to."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
