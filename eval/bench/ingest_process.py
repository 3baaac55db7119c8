"""The steps of ``tamngu bench ingest`` that each run in a new process.

    python -m eval.bench.ingest_process TASK MODEL FOLDER [OPTION...]

The result of a task is printed as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from embeddings import Encoder, Progress, TokenVectors, Vectors, load_encoder
from embeddings.encoder_wrapper import EncoderWrapper
from eval.bench.memory import peak_resident_mb
from eval.bench.place import MADE, Place
from rag import Collection
from rag.collection.paths import Home
from rag.ingestion.pipeline import ingest_files
from rag.readers import find_files

ARTICLES = "articles"
"""Folder of the articles, in the folder of the measurement."""

_TEXTS = "texts.json"

Result = TypeVar("Result")


def main(task: str, model: str, folder: str, *options: str) -> None:
    """Do one of the tasks ``record``, ``encode`` and ``ingest``, and print its result as JSON."""
    tasks: dict[str, Callable[..., dict[str, Any]]]
    tasks = {"record": _record, "encode": _encode, "ingest": _ingest}
    result = tasks[task](load_encoder(model), Path(folder), *options)
    print(json.dumps(result))  # noqa: T201


def _record(encoder: Encoder, folder: Path) -> dict[str, Any]:
    """Ingest with an encoder that takes no time, and store the texts that it was given."""
    recorder = _RecordingEncoder(encoder)
    with tempfile.TemporaryDirectory(dir=folder) as home:
        counts = _ingest_folder(recorder, folder / ARTICLES, Path(home), MADE)
    (folder / _TEXTS).write_text(json.dumps(recorder.texts), encoding="utf-8")
    return {"texts": len(recorder.texts), **counts}


def _encode(encoder: Encoder, folder: Path, first: str) -> dict[str, Any]:
    """Encode every second recorded text, starting with the given one, in one call."""
    texts = json.loads((folder / _TEXTS).read_text(encoding="utf-8"))[int(first) :: 2]
    _warm_up(encoder)
    _, times = _timed(lambda: encoder.encode_passages(texts))
    return {**times, "tokens": sum(encoder.count_tokens(texts))}


def _ingest(
    encoder: Encoder, folder: Path, option: str, place: str, name: str, warm_up: str = ""
) -> dict[str, Any]:
    if warm_up:
        _warm_up(encoder)
    counts = _ingest_folder(encoder, folder / ARTICLES, Place(option, place).home(), name)
    return {"peak_rss_mb": peak_resident_mb(), **counts}


def _ingest_folder(encoder: Encoder, articles: Path, home: Home, name: str) -> dict[str, Any]:
    """Ingest a folder as ``tamngu ingest`` does; return the seconds it took and its counts."""
    collection = Collection.open_or_create(home, name, encoder)
    report, times = _timed(
        lambda: ingest_files(collection, [(articles, file) for file in find_files(articles)])
    )
    collection.close()
    return {
        **times,
        "added": report.added,
        "unchanged": report.unchanged,
        "passages": report.passages,
        "rejected": report.rejected_count,
    }


def _timed(function: Callable[[], Result]) -> tuple[Result, dict[str, float]]:
    """Return a function's result, and the seconds and CPU seconds that it took.

    The processes that read documents count too: they have ended when the function returns.
    """
    started, used = time.perf_counter(), _cpu_s()
    result = function()
    return result, {"took_s": time.perf_counter() - started, "cpu_s": _cpu_s() - used}


def _cpu_s() -> float:
    """Return the CPU seconds of this process and of its children that have ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used.ru_utime + used.ru_stime for used in both)


def _warm_up(encoder: Encoder) -> None:
    """Load the graph for many texts, which is a part of loading the model."""
    encoder.encode_passages(["Tamngu " * 100] * 32)


_FIRST_TOKEN = 1000
"""First id of made-up tokens; any ids would do."""


class _RecordingEncoder(EncoderWrapper):
    """Takes the place of an encoder: records the texts, and makes up vectors."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__(encoder)
        self.texts: list[str] = []

    @property
    def truncated(self) -> int:
        return 0

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        random = np.random.default_rng(len(self.texts))
        self.texts += texts
        made = random.standard_normal((len(texts), self.fingerprint.dim), dtype=np.float32)
        return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), dtype=np.float32)

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        tokens = [
            TokenVectors(
                np.arange(size, dtype=np.int32) + _FIRST_TOKEN,
                np.ones((size, self.fingerprint.dim), dtype=np.float32),
            )
            for size in self.count_tokens(texts)
        ]
        return self.encode_passages(texts), tokens


if __name__ == "__main__":
    main(*sys.argv[1:])
