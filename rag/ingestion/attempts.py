"""Which documents a job was at when its program ended: those that end it twice are passed over."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from rag.ingestion.batches import SETTLE, Settle
from rag.isolation.readers import Readers
from rag.readers.document import Document
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

MAX_ATTEMPTS = 2
"""Times that a program may end while it is at a document."""

_REASON = f"the server has ended {MAX_ATTEMPTS} times while it was at it; it is passed over"


class Attempts:
    """Counts, in a file, how often a program ended while it was at a document.

    A document is noted before it is read, and again when everything of it is stored. A program that
    ends in order takes its notes back; one that is killed cannot. The file outlives the program,
    but it is not flushed to the disk: after a power failure it may know less.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Read the notes of earlier programs.

        Args:
            path: the file, whose folder exists; None: nothing is noted.
        """
        self._counts = Counter[str]() if path is None else _cut_off(path)
        self._now: set[str] = set()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._file = None if path is None else os.open(path, flags, 0o600)

    def __enter__(self) -> Attempts:
        return self

    def __exit__(self, *_: object) -> None:
        self.end(sorted(self._now))
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def count(self, key: str) -> int:
        """Return how often a program has ended while it was at a document."""
        return self._counts[key]

    def begin(self, key: str) -> None:
        """Note that a document is about to be read."""
        self._now.add(key)
        self._write("begin", key)

    def end(self, keys: Iterable[str]) -> None:
        """Note that everything of some documents is stored."""
        for key in keys:
            if key in self._now:
                self._now.discard(key)
                self._write("end", key)

    def _write(self, what: str, key: str) -> None:
        # One call for each line, so that a line is there as a whole.
        if self._file is not None:
            os.write(self._file, json.dumps([what, key]).encode() + b"\n")


def _cut_off(path: Path) -> Counter[str]:
    """Return how often each document was begun and not ended."""
    counts: Counter[str] = Counter()
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return counts
    for line in lines:
        try:
            what, key = json.loads(line)
        except ValueError:
            # The last line of a program that was killed.
            continue
        if what == "begin":
            counts[key] += 1
        else:
            del counts[key]
    return counts


def read_each(
    documents: Iterable[Document], readers: Readers, attempts: Attempts
) -> Iterator[tuple[Document | None, Article | Rejection | Settle | None]]:
    """Yield what documents hold, as :meth:`rag.isolation.readers.Readers.read` does.

    A document that a program was at when it ended is read alone: everything before it is stored
    first, and nothing after it is read until it is stored. So the next end shows which document it
    was. Documents that have ended it twice are rejected.
    """

    def asked(some: Iterable[Document]) -> Iterator[tuple[Document, Document | Rejection]]:
        for document in some:
            if attempts.count(document.key) >= MAX_ATTEMPTS:
                yield document, Rejection(document.name, _REASON)
            else:
                attempts.begin(document.key)
                yield document, document

    def is_alone(document: Document) -> bool:
        return attempts.count(document.key) > 0

    for alone, group in groupby(documents, key=is_alone):
        if alone:
            for document in group:
                yield None, SETTLE
                yield from readers.read(asked([document]))
            yield None, SETTLE
        else:
            yield from readers.read(asked(group))
