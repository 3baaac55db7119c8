"""Files of articles: which of them have not changed, and which articles are no longer there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

from rag.catalog.catalog import Catalog
from rag.readers import Reading, file_document, read_document, read_file, source_name
from rag.readers.repeated_in_folder import SourcePages
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

_READERS_VERSION = 4
"""Increased whenever readers return other texts for the same files; all files are read again
then."""


@dataclass(frozen=True)
class FileEnd:
    """The end of a file or a page, after all its articles.

    Attributes:
        path: the absolute path, or the URL.
        digest: of the content, to recognise it later; None if a part of it was rejected.
        unchanged: number of its articles if it has not changed, so that it was not read; else None.
    """

    path: str
    digest: str | None
    unchanged: int | None = None


def total_bytes(files: Sequence[tuple[Path, Path]]) -> int:
    """Return the total size of files in bytes; files that cannot be accessed count as empty."""
    return sum(file_size(file) for _, file in files)


def file_size(file: Path) -> int:
    """Return the size of a file in bytes; 0 if it cannot be accessed."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


@dataclass
class SeenItems:
    """The articles and files that an ingest has seen so far.

    Attributes:
        article_ids: of the articles that were read.
        read_files: paths of files that were read completely.
        unchanged_files: paths of files that have not changed.
    """

    article_ids: set[str] = field(default_factory=set)
    read_files: set[str] = field(default_factory=set)
    unchanged_files: set[str] = field(default_factory=set)

    def note(self, item: Article | Rejection | FileEnd) -> None:
        """Note an item that was read."""
        if isinstance(item, Article):
            self.article_ids.add(item.id)
        elif isinstance(item, FileEnd) and item.unchanged is not None:
            self.unchanged_files.add(item.path)
        elif isinstance(item, FileEnd) and item.digest is not None:
            self.read_files.add(item.path)


def read_if_changed(
    catalog: Catalog, root: Path, file: Path, path: str, reading: Reading, pages: SourcePages
) -> Iterator[Article | Rejection | FileEnd]:
    """Yield the articles and rejections of a file, then its end.

    If the file has not changed, only its end is yielded.

    Args:
        catalog: of the collection.
        root: the path that the file was found under.
        file: the file.
        path: its absolute path.
        reading: how files are read.
        pages: the files of this ingest, for the lines that they share.
    """
    source = source_name(root, file)
    digest = _digest(file, source, reading)
    stored = catalog.files.count_articles(path)
    if digest is not None and catalog.files.digest(path) == f"{digest}:{stored}":
        yield FileEnd(path, None, unchanged=stored)
        return
    held = set()
    for item in read_from(pages, file, source, reading):
        if isinstance(item, Rejection):
            digest = None
        else:
            held.add(item.id)
        yield item
    # The digest has the number of articles: if more are stored, the file is read again, for
    # pruning.
    yield FileEnd(path, None if digest is None else f"{digest}:{len(held)}")


def read_from(
    pages: SourcePages, file: Path, source: str, reading: Reading
) -> Iterator[Article | Rejection]:
    """Yield the articles and rejections of a file, without lines that it shares with others."""
    if not file.is_file() or reading.keep_boilerplate:
        return read_file(file, source, reading)
    return read_document(file_document(file, source, pages.repeated(file)), reading)


def _digest(file: Path, source: str, reading: Reading) -> str | None:
    """Return a digest of all that the articles of a file depend on; None if it is unreadable."""
    how = f"{reading_fingerprint(reading)}\0{source}\0"
    digest = hashlib.sha256(how.encode("utf-8", "surrogateescape"))
    try:
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                digest.update(block)
    except OSError:
        return None
    return digest.hexdigest()


def reading_fingerprint(reading: Reading) -> str:
    """Return a string that identifies how files are read; when it changes, they are read again."""
    fields = sorted(reading.fields.items())
    return f"{_version()} {_READERS_VERSION} {reading.keep_boilerplate:d} {fields}"


@cache
def _version() -> str:
    # Without the cache, this takes longer than reading a small file.
    return version("tamngu")


def missing_articles(catalog: Catalog, roots: set[Path], seen: SeenItems) -> list[str]:
    """Return the ids of articles that were read from files under the roots and are not there now.

    Args:
        catalog: of the collection.
        roots: absolute paths of files and folders.
        seen: what was found under the roots.
    """
    missing = []
    for article_id, origin in catalog.files.origins():
        path = Path(origin)
        if article_id in seen.article_ids or origin in seen.unchanged_files:
            continue
        if not any(root == path or root in path.parents for root in roots):
            continue
        if origin in seen.read_files or _does_not_exist(path):
            missing.append(article_id)
    return missing


def _does_not_exist(path: Path) -> bool:
    """Tell whether a file does not exist; a file that cannot be accessed may exist."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
