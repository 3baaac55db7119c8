"""What documents do to the process that reads them; each stands for a parser that does the same.

Parsers are mended when they do such a thing, so no real document is sure to do it.
"""

from __future__ import annotations

import ctypes
import io
import os
import re
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from rag.readers import registry
from rag.readers.document import Document
from rag.readers.reading_options import Reading
from rag.readers.registry import Format
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection


def spin() -> BinaryIO:
    """Keep the interpreter's lock for hours, as a regular expression that backtracks does."""
    re.match(r"(?:a|a)*b", "a" * 60)
    return io.BytesIO()


def sleep() -> BinaryIO:
    time.sleep(3600)
    return io.BytesIO()


def crash() -> BinaryIO:
    ctypes.string_at(0)
    return io.BytesIO()


def abort() -> BinaryIO:
    os.abort()


def grow() -> BinaryIO:
    held = []
    while True:
        held.append(bytearray(2**24))


def leave() -> BinaryIO:
    os._exit(3)


def be_killed_once(note: Path) -> BinaryIO:
    """Be killed by the system, at the first time; ``note`` is written by the test."""
    if note.exists():
        os.kill(os.getpid(), 9)
    return io.BytesIO("Nó đã bay đi.".encode())


def with_poison(fault: Callable[[], BinaryIO], data: bytes) -> BinaryIO:
    """Open bytes in a process whose reader of Markdown does what the fault does.

    Only a process that reads documents may call it; it lives no longer than its documents.
    """
    global _poison
    _poison = fault
    registry._FORMATS_BY_KIND[".md"] = Format((".md",), (), __name__, "read_poison")
    return io.BytesIO(data)


_poison = spin


def read_poison(document: Document, reading: Reading) -> Iterator[Article | Rejection | Document]:
    _poison()
    yield Rejection(document.name, "it does nothing")


def connect(port: int) -> BinaryIO:
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        raise ValueError("it has reached the network")


def write(path: Path) -> BinaryIO:
    path.write_bytes(b"a")
    raise ValueError("it has written a file")


_OPENINGS: list[int] = []


def count_openings() -> BinaryIO:
    """Open a text that is the number of times that this process has done it."""
    _OPENINGS.append(1)
    return io.BytesIO(f"{len(_OPENINGS)}".encode())


_MODULES: set[str] = set()


def remember_modules() -> BinaryIO:
    """Remember which modules the process has imported so far."""
    _MODULES.update(sys.modules)
    return io.BytesIO("Nó đã bay đi.".encode())


def name_new_modules() -> BinaryIO:
    """Raise an error that names the modules that were imported since."""
    raise ValueError(f"new: {' '.join(sorted(set(sys.modules) - _MODULES))}")


_KEPT: list[bytearray] = []


def keep(size: int) -> BinaryIO:
    """Leave memory behind."""
    _KEPT.append(bytearray(size))
    return io.BytesIO("Nó đã bay đi.".encode())
