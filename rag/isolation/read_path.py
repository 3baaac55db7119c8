"""The articles of a file or a folder, for programs that store them in their own way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rag.isolation.readers import Readers
from rag.readers.files import file_document, find_files, source_name
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection


def read_path(path: Path) -> Iterator[Article | Rejection]:
    """Yield the articles of a file, or of all files in a folder.

    The files are parsed in other processes, with the limits of :mod:`rag.isolation.limits`.

    Raises:
        UnreadableFile: no file can be read.
        ReadersFailed: no process can be started.
    """
    files = find_files(path)
    with Readers() as readers:
        asked = ((None, file_document(file, source_name(path, file))) for file in files)
        yield from (item for _, item in readers.read(asked) if item is not None)
