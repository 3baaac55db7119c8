"""Which reader reads which file."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from rag.article import Article
from rag.errors import UnreadableFile
from rag.readers.html import read_html
from rag.readers.jsonl import read_jsonl
from rag.readers.markdown import read_markdown
from rag.readers.reading import DEFAULT_READING, Reading
from rag.readers.rejection import Rejection
from rag.readers.text import read_text

Reader = Callable[[Path, str, Reading], Iterator[Article | Rejection]]
"""Takes a path, the name to give as the source, and how to read; yields what the file holds."""

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

    Hidden files and folders are passed over, and links to folders are not followed. A folder
    inside that cannot be looked into is returned too, for :func:`read_file` to reject.

    Raises:
        UnreadableFile: the path is not there, or is a file without a reader, or a folder without
            a file that has one.
    """
    kinds = " ".join(KINDS)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UnreadableFile(
            f"There is no file or folder {path} to read ({error.strerror})."
        ) from error
    if not stat.S_ISDIR(mode):
        if path.suffix.lower() not in KINDS or not stat.S_ISREG(mode):
            raise UnreadableFile(f"{path} is of no kind that can be read; these are: {kinds}")
        return [path]
    found = list(_walk(path))
    if not found:
        raise UnreadableFile(f"No file in {path} can be read; kinds that can: {kinds}")
    return found


def _walk(top: Path) -> Iterator[Path]:
    closed: list[Path] = []

    def on_error(error: OSError) -> None:
        closed.append(Path(error.filename))

    for folder, folders, names in os.walk(top, onerror=on_error):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if Path(name).suffix.lower() in KINDS and not name.startswith("."):
                yield Path(folder, name)
    yield from closed


def read_file(
    path: Path, source: str | None = None, reading: Reading = DEFAULT_READING
) -> Iterator[Article | Rejection]:
    """Yield the articles of one file, and a rejection for whatever in it is none.

    Args:
        path: a file that :func:`find_files` found.
        source: what to call it where the file names no source; default: its name.
        reading: how.
    """
    try:
        if not path.is_file():
            yield Rejection(str(path), "is no file that can be read")
            return
        yield from KINDS[path.suffix.lower()](path, source or path.name, reading)
    except OSError as error:
        yield Rejection(str(path), f"cannot be read ({error.strerror or error})")
    except Exception as error:
        # Parsers of other people's formats: one page that breaks one must not end a long ingest.
        yield Rejection(str(path), f"broke its parser ({type(error).__name__}: {error})")


def read_path(path: Path) -> Iterator[Article | Rejection]:
    """Yield the articles of a file, or of all files in a folder.

    Raises:
        UnreadableFile: there is nothing to read.
    """
    for file in find_files(path):
        yield from read_file(file, source_name(path, file))


def source_name(root: Path, file: Path) -> str:
    """Return what a file that was found under ``root`` is called there."""
    return file.relative_to(root).as_posix() if file != root else file.name
