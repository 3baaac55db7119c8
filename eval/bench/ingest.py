"""Measure the ingest of a folder: its speed, a second time without changes, and its memory."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from eval.bench.articles import write_articles
from eval.bench.errors import BenchFailed
from eval.bench.ingest_process import ARTICLES
from eval.bench.new_process import output_of
from eval.bench.place import PREFIX, Place

Log = Callable[[str], None]


def measure(
    model: str, paths: Sequence[Path], count: int, place: Place, name: str, log: Log
) -> dict[str, Any]:
    """Return the figures of ``tamngu bench ingest``.

    Up to ``count`` articles are written to a folder, one per file. The folder is ingested twice,
    each time by a new process. ``tokens_per_s`` counts all tokens that the encoder gets, of
    passages and sentences, over the time of the first ingest: finding and reading the files,
    encoding, storing, writing the indexes. The start of the process and the loading of the model
    are not in that time; they are in ``process_s``. ``unchanged_s`` is the time of the second
    ingest.

    ``encoder_share`` is that speed divided by the encoder's own speed. For the latter, a process
    that does nothing else encodes the same texts: every second text in one call before the ingest,
    the others in one call after it, so that a machine that becomes slower slows both sides. The
    texts are known from an ingest with an encoder that takes no time; ``other_s`` is the time of
    that ingest. ``encoder_cpu_share`` is the same ratio of CPU seconds. Other work on the machine
    hardly changes it, but it does not show when the process waits.

    ``peak_rss_mb`` is the largest resident memory of the ingesting process in MB (2**20 bytes).

    Args:
        model: as :func:`embeddings.load_encoder` takes it.
        paths: as :func:`eval.bench.articles.write_articles` takes them.
        count: the largest number of articles.
        place: where the articles are ingested.
        name: of the collection that is made for them.
        log: gets a line on each step.

    Raises:
        BenchFailed: the files have no article, or an ingest did not do what it should.
        UnreadableFile: a path has no readable file.
    """
    with tempfile.TemporaryDirectory(prefix=PREFIX) as temporary:
        folder = Path(temporary)
        run = partial(_run, model, folder)
        ingest = partial(run, "ingest", *place.words, name)
        log("Writing the articles.")
        written = write_articles(paths, count, folder / ARTICLES)
        log(f"Reading {written:,} articles without encoding them.")
        recorded = run("record") if written else {"texts": 0}
        if not recorded["texts"]:
            raise BenchFailed("These files have no article; name other files with --articles.")
        log(f"Encoding the first half of {recorded['texts']:,} texts.")
        halves = [run("encode", "0")]
        log("Ingesting.")
        first = ingest("warm-up")
        log("Encoding the other half.")
        halves.append(run("encode", "1"))
        log("Ingesting the same files again.")
        again = ingest()
    if first["passages"] != recorded["passages"] or again["unchanged"] != first["added"]:
        raise BenchFailed("A second ingest of the same files found other articles in them.")
    return {"model": model, **_figures(recorded, halves, first, again)}


def _figures(
    recorded: dict[str, Any],
    halves: Sequence[dict[str, Any]],
    first: dict[str, Any],
    again: dict[str, Any],
) -> dict[str, Any]:
    tokens = sum(half["tokens"] for half in halves)
    encoding_s = sum(half["took_s"] for half in halves)
    first_s = first["took_s"]
    return {
        "articles": first["added"],
        "rejected": first["rejected"],
        "passages": first["passages"],
        "texts": recorded["texts"],
        "tokens": tokens,
        "articles_per_s": round(first["added"] / first_s, 2),
        "tokens_per_s": round(tokens / first_s),
        "encoder_tokens_per_s": round(tokens / encoding_s),
        "encoder_share": round(encoding_s / first_s, 3),
        "encoder_cpu_share": round(sum(half["cpu_s"] for half in halves) / first["cpu_s"], 3),
        "first_s": round(first_s, 2),
        "other_s": round(recorded["took_s"], 2),
        "unchanged_s": round(again["took_s"], 3),
        "unchanged_speedup": round(first_s / again["took_s"], 1),
        "process_s": round(first["process_s"], 2),
        "unchanged_process_s": round(again["process_s"], 2),
        "peak_rss_mb": round(first["peak_rss_mb"]),
    }


def _run(model: str, folder: Path, task: str, *options: str) -> dict[str, Any]:
    """Run a task of :mod:`eval.bench.ingest_process`; an interruption ends its process too."""
    started = time.perf_counter()
    output = output_of(task, "-m", "eval.bench.ingest_process", task, model, str(folder), *options)
    return {"process_s": time.perf_counter() - started, **json.loads(output)}
