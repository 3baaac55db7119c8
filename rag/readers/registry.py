"""Which reader reads which file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from rag.article import Article
from rag.errors import UnreadableFile
from rag.readers.html import read_html
from rag.readers.jsonl import read_jsonl
from rag.readers.markdown import read_markdown
from rag.readers.rejection import Rejection
from rag.readers.text import read_text

Reader = Callable[[Path, str], Iterator[Article | Rejection]]
"""Takes a path and the name to give as the source; yields what the file holds."""

KINDS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".jsonl": read_jsonl,
}
"""Readers by file ending."""


def find_files(path: Path) -> list[Path]:
    """Return the files to read: the path itself, or all in a folder that have a reader, sorted.

    Hidden files and folders are passed over, and links to folders are not followed.

    Raises:
        UnreadableFile: the path is not there, or is a file without a reader, or a folder without
            a file that has one.
    """
    if not path.exists():
        raise UnreadableFile(f"There is no file or folder {path}.")
    kinds = " ".join(KINDS)
    if path.is_file():
        if path.suffix.lower() not in KINDS:
            raise UnreadableFile(f"{path} is of no kind that can be read; these are: {kinds}")
        return [path]
    found = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            Path(folder, name)
            for name in sorted(names)
            if Path(name).suffix.lower() in KINDS and not name.startswith(".")
        ]
    if not found:
        raise UnreadableFile(f"No file in {path} can be read; kinds that can: {kinds}")
    return found


def read_file(path: Path, source: str | None = None) -> Iterator[Article | Rejection]:
    """Yield the articles of one file, and a rejection for whatever in it is none.

    Args:
        path: a file whose ending is in :data:`KINDS`.
        source: what to call it where the file names no source; default: its name.
    """
    try:
        yield from KINDS[path.suffix.lower()](path, source or path.name)
    except OSError as error:
        yield Rejection(str(path), f"cannot be read ({error.strerror or error})")


def read_path(path: Path) -> Iterator[Article | Rejection]:
    """Yield the articles of a file, or of all files in a folder.

    Raises:
        UnreadableFile: there is nothing to read.
    """
    for file in find_files(path):
        inside = file.relative_to(path).as_posix() if path.is_dir() else file.name
        yield from read_file(file, inside)
