"""Which reader reads which document."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from rag.errors import UnreadableFile
from rag.readers.document import Document
from rag.readers.formats.docx import read_docx
from rag.readers.formats.email_message import read_email
from rag.readers.formats.epub import read_epub
from rag.readers.formats.feed import read_feed
from rag.readers.formats.json_file import read_json
from rag.readers.formats.jsonl import read_jsonl
from rag.readers.formats.markdown import read_markdown
from rag.readers.formats.table import read_table
from rag.readers.formats.text import read_text
from rag.readers.formats.warc import read_warc
from rag.readers.formats.zip import read_zip
from rag.readers.kinds import ENDINGS, kind_of
from rag.readers.pages.html import read_html
from rag.readers.pages.learning import with_repeated
from rag.readers.pdf.reader import read_pdf
from rag.readers.reading import DEFAULT_READING, Reading
from rag.readers.rejection import Rejection
from tamngu.records.article import Article

Reader = Callable[[Document, Reading], Iterator[Article | Rejection | Document]]
"""Takes a document and how to read it; yields what it holds, documents inside it among it.

It raises ValueError, in a few words, where it can make nothing of it.
"""

KINDS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".epub": read_epub,
    ".eml": read_email,
    ".json": read_json,
    ".jsonl": read_jsonl,
    ".csv": read_table,
    ".tsv": read_table,
    ".rss": read_feed,
    ".atom": read_feed,
    ".xml": read_feed,
    ".warc": read_warc,
    ".warc.gz": read_warc,
    ".zip": read_zip,
}
"""Readers by file ending."""

_DEEPEST = 2
"""Documents inside one another: a page in an archive in an archive."""


def find_files(path: Path) -> list[Path]:
    """Return the files to read: the path itself, or all in a folder that have a reader, sorted.

    Hidden files and folders are passed over, and links to folders are not followed. A folder
    inside that cannot be looked into is returned too, for :func:`read_file` to reject.

    Raises:
        UnreadableFile: the path is not there, or is a file without a reader, or a folder without
            a file that has one.
    """
    kinds = " ".join(ENDINGS)
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise UnreadableFile(
            f"There is no file or folder {path} to read ({error.strerror})."
        ) from error
    if not stat.S_ISDIR(mode):
        if kind_of(path.name) is None or not stat.S_ISREG(mode):
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
            if kind_of(name) and not name.startswith("."):
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
    if path.is_file():
        yield from read_document(file_document(path, source), reading)
    else:
        yield Rejection(str(path), "is no file that can be read")


def file_document(
    path: Path, source: str | None = None, repeated: frozenset[str] = frozenset()
) -> Document:
    """Return a file as a document.

    Args:
        path: of the file.
        source: what to call it where it names no source; default: its name.
        repeated: see :class:`Document`.
    """
    return Document(
        name=str(path),
        key=str(path.resolve()),
        kind=kind_of(path.name) or "",
        source=source or path.name,
        open=lambda: path.open("rb"),
        repeated=repeated,
    )


def read_document(
    document: Document, reading: Reading = DEFAULT_READING, *, depth: int = 0
) -> Iterator[Article | Rejection]:
    """Yield the articles of a document and of those inside it, and rejections of what is none."""
    try:
        items = KINDS[document.kind](document, reading)
        for item in items if reading.keep_boilerplate else with_repeated(items):
            if not isinstance(item, Document):
                yield item
            elif depth == _DEEPEST:
                yield Rejection(document.name, "is packed too deeply")
                return
            else:
                yield from read_document(item, reading, depth=depth + 1)
    except OSError as error:
        yield Rejection(document.name, f"cannot be read ({error.strerror or error})")
    except ValueError as error:
        yield Rejection(document.name, str(error))
    except Exception as error:
        # Parsers of other people's formats: one page that breaks one must not end a long ingest.
        yield Rejection(document.name, f"broke its parser ({type(error).__name__}: {error})")


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
