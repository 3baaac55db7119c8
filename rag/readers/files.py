"""From files and other documents to articles."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from rag.errors import UnreadableFile
from rag.readers.document import Document
from rag.readers.pages.repeated_in_stream import uncut_text, with_repeated
from rag.readers.reading_options import DEFAULT_READING, Reading
from rag.readers.registry import document_kind, readable_endings, reader_of
from rag.readers.watch import UNWATCHED, Watch
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

_MAX_DEPTH = 2
"""How deep documents may be inside one another: a page in an archive in an archive."""


def find_files(path: Path) -> list[Path]:
    """Return the files to read, sorted: the path, or all documents of a folder.

    Hidden files and folders are left out, and links to folders are not followed. Documents without
    a reader, and a folder inside that cannot be opened, are returned too; :func:`read_file` rejects
    them.

    Raises:
        UnreadableFile: the path does not exist, is a file without a reader, or is a folder without
            documents.
    """
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UnreadableFile(
            f"There is no file or folder {path} to read ({error.strerror})."
        ) from error
    if not stat.S_ISDIR(mode):
        if not stat.S_ISREG(mode):
            raise UnreadableFile(f"{path} cannot be read; it is neither a file nor a folder.")
        if document_kind(path.name) is None:
            raise UnreadableFile(f"{path} cannot be read; {readable_endings()}")
        return [path]
    found = list(_walk(path))
    if not found:
        raise UnreadableFile(f"No file in {path} can be read; {readable_endings()}")
    return found


def _walk(top: Path) -> Iterator[Path]:
    closed: list[Path] = []

    def on_error(error: OSError) -> None:
        closed.append(Path(error.filename))

    for folder, folders, names in os.walk(top, onerror=on_error):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if document_kind(name) and not name.startswith("."):
                yield Path(folder, name)
    yield from closed


def read_file(
    path: Path, source: str | None = None, reading: Reading = DEFAULT_READING
) -> Iterator[Article | Rejection]:
    """Yield the articles of one file, and a rejection for each part that is not an article.

    Args:
        path: a file that :func:`find_files` found.
        source: the source of articles that do not state one; default: the file's name.
        reading: how the file is to be read.
    """
    if path.is_file():
        yield from read_document(file_document(path, source), reading)
    else:
        yield Rejection(str(path), "it is not a file that can be read")


def file_document(
    path: Path, source: str | None = None, repeated: frozenset[str] = frozenset()
) -> Document:
    """Return a file as a document.

    Args:
        path: of the file.
        source: the source of articles that do not state one; default: the file's name.
        repeated: lines that other pages have too; see :class:`rag.readers.document.Document`.
    """
    return Document(
        name=str(path),
        key=str(path.resolve()),
        kind=document_kind(path.name) or "",
        source=source or path.name,
        open=partial(open_file, path),
        size=file_size(path),
        repeated=repeated,
    )


def read_document(
    document: Document,
    reading: Reading = DEFAULT_READING,
    *,
    depth: int = 0,
    watch: Watch = UNWATCHED,
) -> Iterator[Article | Rejection]:
    """Yield the articles of a document and of the documents inside it, and rejections.

    Args:
        document: what to read.
        reading: how it is to be read.
        depth: how many documents it is inside of.
        watch: is told of each document.
    """
    watch.begin(document)
    try:
        items = _admitted(reader_of(document.kind)(document, reading), document, watch)
        if not reading.keep_boilerplate:
            items = with_repeated(items, _watched(uncut_text, document, watch))
        for item in items:
            if isinstance(item, Article):
                yield item
            elif isinstance(item, Rejection):
                yield replace(item, reason=_in_one_line(item.reason))
            elif depth == _MAX_DEPTH:
                reason = f"it is inside more than {_MAX_DEPTH} archives or messages"
                yield Rejection(document.name, reason)
                break
            else:
                yield from read_document(item, reading, depth=depth + 1, watch=watch)
                watch.begin(document)
    except MemoryError:
        yield Rejection(document.name, "it takes more memory than it may")
    except OSError as error:
        reason = f"it cannot be read ({error.strerror or error})"
        yield Rejection(document.name, _in_one_line(reason))
    except ValueError as error:
        yield Rejection(document.name, _in_one_line(str(error)))
    except Exception as error:
        # A page that makes a parser fail must not end a long ingest.
        reason = f"its parser failed ({type(error).__name__}: {error})"
        yield Rejection(document.name, _in_one_line(reason))
    watch.end(document)


def _in_one_line(reason: str) -> str:
    """Return a reason without line ends, which messages of parsers and names in files may have."""
    return " ".join(reason.split())


def _admitted(
    items: Iterator[Article | Rejection | Document], outer: Document, watch: Watch
) -> Iterator[Article | Rejection | Document]:
    """Yield items; the documents among them have their places, and only those that are read."""
    number = 0
    for item in items:
        if isinstance(item, Document):
            # Nothing is known of some, such as attachments of a message: they are inside it.
            size = item.size or outer.size
            placed = replace(item, place=f"{outer.place}/{number}", size=size)
            number += 1
            if watch.admits(placed):
                yield placed
        else:
            yield item


def _watched(
    text_of: Callable[[Document], str], outer: Document, watch: Watch
) -> Callable[[Document], str]:
    """Return a function that parses a document inside another one, and tells the watch of it."""

    def parse(document: Document) -> str:
        watch.begin(document)
        text = text_of(document)
        watch.begin(outer)
        return text

    return parse


def open_file(path: Path) -> BinaryIO:
    """Open a file; unlike a lambda, this can be sent to another process.

    Raises:
        OSError: it cannot be opened, or is no file: a pipe might never have anything to read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a file")
    return os.fdopen(descriptor, "rb")


def file_size(path: Path) -> int:
    """Return the size of a file in bytes; 0 if it cannot be accessed."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def read_path(path: Path) -> Iterator[Article | Rejection]:
    """Yield the articles of a file, or of all files in a folder.

    Raises:
        UnreadableFile: no file can be read.
    """
    for file in find_files(path):
        yield from read_file(file, source_name(path, file))


def source_name(root: Path, file: Path) -> str:
    """Return the name, under ``root``, of a file that was found there."""
    return file.relative_to(root).as_posix() if file != root else file.name
