"""Ingest of a folder: speed beside the encoder's own, a second time unchanged, and memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import as_file, files
from itertools import chain, islice, zip_longest
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import numpy as np

from embeddings import Encoder, TokenVectors, Vectors, load_encoder
from embeddings.encoder import Progress
from embeddings.encoder_wrapper import EncoderWrapper
from eval.bench.query import BenchFailed
from rag import Collection, read_path
from rag.ingestion.pipeline import ingest_files
from rag.readers import find_files
from rag.readers.decode import Undecodable, decode
from rag.text.sentences import sentences
from tamngu.records.article import Article

_CHILD = "import sys; from eval.bench.ingest import work; work(*sys.argv[1:])"

_ARTICLES = "articles"
_TEXTS = "texts.json"

Say = Callable[[str], None]
Result = TypeVar("Result")


def measure(model: str, paths: Sequence[Path], count: int, say: Say) -> dict[str, Any]:
    """Return the figures of ``tamngu bench ingest``.

    Up to ``count`` articles are written to a folder, one a file, and the folder is ingested twice,
    by a new process each time. ``tokens_per_s`` counts all that the encoder is given, passages and
    sentences, over the whole time of the first ingest: finding and reading the files, encoding,
    storing, writing the indexes. Starting the process and loading the model are left out of it, and
    are in ``process_s``. ``unchanged_s`` is the second ingest's time.

    ``encoder_share`` is that speed over the encoder's own, which has the very same texts given to
    it by a process that does nothing else: every second one in one call before the ingest, the
    others in one call after it, so that a machine that slows down slows both sides. The texts are
    known from an ingest with an encoder that takes no time; ``other_s`` is how long that takes.
    ``encoder_cpu_share`` is the same ratio of CPU seconds: what else the machine does hardly
    changes it, but it does not see when nothing is done.

    ``peak_rss_mb`` is the ingesting process's largest resident memory in MB (2**20 bytes).

    Args:
        model: as :func:`embeddings.load_encoder` takes it.
        paths: files and folders, as :func:`write_articles` takes them; none: made articles, see
            :func:`made_articles`.
        count: most articles.
        say: takes a line on what is being done.

    Raises:
        BenchFailed: there is no article in the files, or an ingest did not do what it should.
        UnreadableFile: there is nothing to read at a path.
    """
    with tempfile.TemporaryDirectory(prefix="tamngu-bench-") as name:
        folder = Path(name)
        run = partial(_run, model, folder)
        say("Writing the articles.")
        written = write_articles(paths, count, folder / _ARTICLES)
        say(f"Reading {written:,} articles without encoding anything.")
        noted = run("note") if written else {"texts": 0}
        if not noted["texts"]:
            raise BenchFailed("There is no article in these files; name others in --articles.")
        say(f"Encoding the first half of {noted['texts']:,} texts alone.")
        halves = [run("encode", "0")]
        say("Ingesting.")
        first = run("ingest", "warm")
        say("Encoding the other half alone.")
        halves.append(run("encode", "1"))
        say("Ingesting the same files again.")
        again = run("ingest")
    if first["passages"] != noted["passages"] or again["unchanged"] != first["added"]:
        raise BenchFailed("An ingest of the same files found other articles in them.")
    return {"model": model, **_figures(noted, halves, first, again)}


def _figures(
    noted: dict[str, Any],
    halves: Sequence[dict[str, Any]],
    first: dict[str, Any],
    again: dict[str, Any],
) -> dict[str, Any]:
    tokens = sum(half["tokens"] for half in halves)
    alone = sum(half["took_s"] for half in halves)
    taken = first["took_s"]
    return {
        "articles": first["added"],
        "rejected": first["rejected"],
        "passages": first["passages"],
        "texts": noted["texts"],
        "tokens": tokens,
        "articles_per_s": round(first["added"] / taken, 2),
        "tokens_per_s": round(tokens / taken),
        "encoder_tokens_per_s": round(tokens / alone),
        "encoder_share": round(alone / taken, 3),
        "encoder_cpu_share": round(sum(half["cpu_s"] for half in halves) / first["cpu_s"], 3),
        "first_s": round(taken, 2),
        "other_s": round(noted["took_s"], 2),
        "unchanged_s": round(again["took_s"], 3),
        "unchanged_speedup": round(taken / again["took_s"], 1),
        "process_s": round(first["process_s"], 2),
        "unchanged_process_s": round(again["process_s"], 2),
        "peak_rss_mb": round(first["peak_rss_mb"]),
    }


# What is ingested.


def write_articles(paths: Sequence[Path], count: int, folder: Path) -> int:
    """Write up to ``count`` articles to a new folder, one a file; return how many there are.

    A ``.jsonl`` file is taken apart, a line a ``.txt`` file of title and text; other files are
    copied as they are. Articles are drawn at random, the same ones each time, and equally many of
    each ``.jsonl`` file and of each path's other files, while there are any.

    Raises:
        UnreadableFile: there is nothing to read at a path.
    """
    folder.mkdir()
    number = 0
    for ending, data in islice(_drawn(paths) if paths else _made(), count):
        (folder / f"{number:06d}{ending}").write_bytes(data)
        number += 1
    return number


def made_articles() -> Iterator[str]:
    """Yield the sample articles, and then without end articles that are made of their sentences.

    As many are made at a time as there are sample articles, each of the length of one. All
    sentences of a language and script are shuffled and dealt out again, so two made articles share
    few, are no near-duplicates, and cost as much to read and to encode as real ones of that length.
    Their words do come again more often than in as many real articles, which makes the word index
    smaller.
    """
    random = Random(0)
    with as_file(files("rag") / "sample") as folder:
        articles = [read for read in read_path(folder) if isinstance(read, Article)]
    random.shuffle(articles)
    yield from (article.text for article in articles)
    kinds = defaultdict(list)
    for article in articles:
        told = [span.of(article.text) for span in sentences(article.text)]
        kinds[article.language, article.script].append(told)
    while True:
        made = []
        for (language, _), kind in kinds.items():
            pool = list(chain.from_iterable(kind))
            random.shuffle(pool)
            dealt = iter(pool)
            between = "" if language == "zh" else " "
            made += [between.join(islice(dealt, len(each))) for each in kind]
        random.shuffle(made)
        yield from made


def _made() -> Iterator[tuple[str, bytes]]:
    return ((".txt", text.encode()) for text in made_articles())


@dataclass(frozen=True)
class _Place:
    """A file, or the line of one that starts at a byte."""

    file: Path
    start: int | None = None


def _drawn(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Yield file endings and contents of articles, from all sources in turn."""
    random = Random(0)
    sources = [source for path in paths for source in _sources(path)]
    for source in sources:
        random.shuffle(source)
    for places in zip_longest(*sources):
        yield from filter(None, map(_content, filter(None, places)))


def _sources(path: Path) -> list[list[_Place]]:
    """Return the lines of each ``.jsonl`` file, and all other files together."""
    found = find_files(path)
    lined = [file for file in found if file.suffix.lower() == ".jsonl"]
    others = [_Place(file) for file in found if file not in lined]
    return [[_Place(file, start) for start in _line_starts(file)] for file in lined] + [others]


def _line_starts(file: Path) -> Iterator[int]:
    start = 0
    with file.open("rb") as lines:
        for line in lines:
            yield start
            start += len(line)


def _content(place: _Place) -> tuple[str, bytes] | None:
    """Return the ending and content of an article's file; None for a line that holds none."""
    if place.start is None:
        return place.file.suffix, place.file.read_bytes()
    with place.file.open("rb") as lines:
        lines.seek(place.start)
        line = lines.readline()
    try:
        known = json.loads(decode(line))
    except (Undecodable, ValueError, RecursionError):
        return None
    text = known.get("text") if isinstance(known, dict) else None
    if not isinstance(text, str):
        return None
    title = str(known.get("title") or "")
    whole = text if text.startswith(title) else f"{title}\n\n{text}"
    return ".txt", whole.encode("utf-8", "replace")


# What a new process does.


def work(task: str, model: str, folder: str, *options: str) -> None:
    """Do one of ``note``, ``encode`` and ``ingest``, and print what came of it as JSON."""
    tasks: dict[str, Callable[..., dict[str, Any]]]
    tasks = {"note": _note, "encode": _encode, "ingest": _ingest}
    found = tasks[task](load_encoder(model), Path(folder), *options)
    print(json.dumps(found))  # noqa: T201


def _run(model: str, folder: Path, task: str, *options: str) -> dict[str, Any]:
    """Have a new process work; it ends when this one is interrupted."""
    started = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", _CHILD, task, model, str(folder), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    taken = time.perf_counter() - started
    if run.returncode != 0:
        said = run.stderr.strip().splitlines()[-1:] or [f"exit code {run.returncode}"]
        raise BenchFailed(f"A fresh process failed at {task!r}: {said[0]}")
    return {"process_s": taken, **json.loads(run.stdout)}


def _note(encoder: Encoder, folder: Path) -> dict[str, Any]:
    """Ingest without encoding, and write down what would have been encoded."""
    notes = _Notes(encoder)
    with tempfile.TemporaryDirectory(dir=folder) as home:
        found = _ingested(notes, folder / _ARTICLES, Path(home))
    (folder / _TEXTS).write_text(json.dumps(notes.texts), encoding="utf-8")
    return {"texts": len(notes.texts), **found}


def _encode(encoder: Encoder, folder: Path, half: str) -> dict[str, Any]:
    """Encode every second text that was written down, from the given one on, in one call."""
    texts = json.loads((folder / _TEXTS).read_text(encoding="utf-8"))[int(half) :: 2]
    _warm(encoder)
    _, times = _timed(lambda: encoder.encode_passages(texts))
    return {**times, "tokens": sum(encoder.count_tokens(texts))}


def _ingest(encoder: Encoder, folder: Path, warm: str = "") -> dict[str, Any]:
    if warm:
        _warm(encoder)
    found = _ingested(encoder, folder / _ARTICLES, folder)
    return {"peak_rss_mb": _peak(), **found}


def _ingested(encoder: Encoder, articles: Path, home: Path) -> dict[str, Any]:
    """Ingest a folder as ``tamngu ingest`` does; return how long it took, and some counts."""
    collection = Collection.open_or_create(home, "bench", encoder)
    report, times = _timed(
        lambda: ingest_files(collection, [(articles, file) for file in find_files(articles)])
    )
    collection.close()
    return {
        **times,
        "added": report.added,
        "unchanged": report.unchanged,
        "passages": report.passages,
        "rejected": len(report.rejected),
    }


def _timed(do: Callable[[], Result]) -> tuple[Result, dict[str, float]]:
    """Return what a function returns, and its seconds, those of this process's CPUs too."""
    started, used = time.perf_counter(), time.process_time()
    result = do()
    return result, {
        "took_s": time.perf_counter() - started,
        "cpu_s": time.process_time() - used,
    }


def _warm(encoder: Encoder) -> None:
    """Have the graph for many texts loaded, which is part of loading the model."""
    encoder.encode_passages(["Tamngu " * 100] * 32)


def _peak() -> float:
    """Return the largest resident memory so far, in MB (2**20 bytes)."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    except OSError:
        # On Linux this would count what the process that started this one held then.
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


_ANY_TOKEN = 1000
"""The first id of made-up tokens; which ones they are is of no matter."""


class _Notes(EncoderWrapper):
    """Stands for an encoder: takes the texts down, and makes up the passages' vectors."""

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
        sizes = self.count_tokens(texts)
        tokens = [
            TokenVectors(
                np.arange(size, dtype=np.int32) + _ANY_TOKEN,
                np.ones((size, self.fingerprint.dim), dtype=np.float32),
            )
            for size in sizes
        ]
        return self.encode_passages(texts), tokens
