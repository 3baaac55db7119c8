"""Files of articles: which of them have not changed, and which articles are no longer there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

from rag.catalog.catalog import Catalog
from rag.isolation.readers import Readers
from rag.readers import Document, Reading, file_document, source_name
from rag.readers.files import file_size
from rag.readers.repeated_in_folder import SourcePages
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

_READERS_VERSION = 5
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


@dataclass(frozen=True)
class FoundFile:
    """A file of an ingest, before it is read.

    Attributes:
        path: its absolute path.
        size: in bytes.
        digest: of its content and of how it is read; None if it cannot be read.
        stored: number of its articles that are stored.
        is_unchanged: whether it was read before, and nothing has changed since.
    """

    path: str
    size: int
    digest: str | None
    stored: int
    is_unchanged: bool

    def end(self, articles: int | None) -> FileEnd:
        """Return its end.

        Args:
            articles: number of its articles; None if a part of it was rejected.
        """
        if self.is_unchanged:
            return FileEnd(self.path, None, unchanged=self.stored)
        # The digest has the number of articles: if more are stored, the file is read again, for
        # pruning.
        known = self.digest is not None and articles is not None
        return FileEnd(self.path, f"{self.digest}:{articles}" if known else None)


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


def read_changed(
    catalog: Catalog,
    files: Sequence[tuple[Path, Path]],
    readers: Readers,
    beside: Iterable[Path] | None = None,
) -> Iterator[tuple[FoundFile, Article | Rejection | FileEnd]]:
    """Yield the articles and rejections of files, and the end of each file.

    Of a file that has not changed, only its end is yielded.

    Args:
        catalog: of the collection.
        files: pairs of a root and a file that was found under it.
        readers: reads the files.
        beside: the files with which pages may share lines; default: these files.
    """
    reading = readers.reading
    among = (file for _, file in files) if beside is None else beside
    pages = SourcePages(among, readers.uncut_text)

    def asked() -> Iterator[tuple[FoundFile, Document | Rejection | None]]:
        for root, file in files:
            source = source_name(root, file)
            found = _found(catalog, file, source, readers)
            document = None if found.is_unchanged else document_of(pages, file, source, reading)
            yield found, document

    held: set[str] | None = set()
    for found, item in readers.read(asked()):
        if item is None:
            yield found, found.end(None if held is None else len(held))
            held = set()
        else:
            if isinstance(item, Rejection):
                held = None
            elif held is not None:
                held.add(item.id)
            yield found, item


def document_of(
    pages: SourcePages, file: Path, source: str, reading: Reading
) -> Document | Rejection:
    """Return a file as a document, with the lines that it shares with others of its folder."""
    if not file.is_file():
        return Rejection(str(file), "it is not a file that can be read")
    keeps = reading.keep_boilerplate
    return file_document(file, source, frozenset() if keeps else pages.repeated(file))


def _found(catalog: Catalog, file: Path, source: str, readers: Readers) -> FoundFile:
    path = str(file.resolve())
    digest = _digest(file, source, readers)
    stored = catalog.files.count_articles(path)
    is_unchanged = digest is not None and catalog.files.digest(path) == f"{digest}:{stored}"
    return FoundFile(path, file_size(file), digest, stored, is_unchanged)


def _digest(file: Path, source: str, readers: Readers) -> str | None:
    """Return a digest of all that the articles of a file depend on; None if it is unreadable."""
    how = f"{reading_fingerprint(readers.reading)}\0{source}\0"
    digest = hashlib.sha256(how.encode("utf-8", "surrogateescape"))
    try:
        if not file.is_file():
            return None
        with file.open("rb") as opened:
            while block := opened.read(1 << 20):
                # A file may have many gigabytes, and be on a slow disk.
                readers.check()
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
