"""Files that articles are read from: which are as they were, and what of them is gone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path

from rag.catalog.catalog import Catalog
from rag.readers import Reading, Rejection, file_document, read_document, read_file, source_name
from rag.readers.source_pages import SourcePages
from tamngu.records.article import Article

_READERS = 3
"""Goes up whenever readers take other texts from the same files: all are read again then."""


@dataclass(frozen=True)
class FileEnd:
    """Comes after all that a file holds.

    Attributes:
        path: absolute.
        digest: of its content, to know it again; None when not all of it was taken.
        unchanged: how many articles it has, when it is as it was and need not even be parsed.
    """

    path: str
    digest: str | None
    unchanged: int | None = None


def total_bytes(files: Sequence[tuple[Path, Path]]) -> int:
    """Return what files take on disk together, those that cannot be looked at taken as empty."""
    return sum(file_size(file) for _, file in files)


def file_size(file: Path) -> int:
    """Return the bytes of a file, 0 where it cannot be looked at."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


@dataclass
class Found:
    """What an ingest has come across: article ids, and files that it knows all of."""

    articles: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)

    def note(self, item: Article | Rejection | FileEnd) -> None:
        """Take note of one thing that was read."""
        if isinstance(item, Article):
            self.articles.add(item.id)
        elif isinstance(item, FileEnd) and item.unchanged is not None:
            self.unchanged.add(item.path)
        elif isinstance(item, FileEnd) and item.digest is not None:
            self.read.add(item.path)


def read_changed(
    catalog: Catalog, root: Path, file: Path, path: str, reading: Reading, pages: SourcePages
) -> Iterator[Article | Rejection | FileEnd]:
    """Yield what a file holds, then its end; nothing but its end when all of it is stored."""
    source = source_name(root, file)
    digest = _digest(file, source, reading)
    stored = catalog.count_from(path)
    if digest is not None and catalog.file_digest(path) == f"{digest}:{stored}":
        yield FileEnd(path, None, unchanged=stored)
        return
    held = set()
    for item in read_from(pages, file, source, reading):
        if isinstance(item, Rejection):
            digest = None
        else:
            held.add(item.id)
        yield item
    # With the number: as long as articles that it held once are stored, it is read for pruning.
    yield FileEnd(path, None if digest is None else f"{digest}:{len(held)}")


def read_from(
    pages: SourcePages, file: Path, source: str, reading: Reading
) -> Iterator[Article | Rejection]:
    """Yield what a file holds, cut by what it has in common with the pages beside it."""
    if not file.is_file() or reading.keep_boilerplate:
        return read_file(file, source, reading)
    return read_document(file_document(file, source, pages.repeated(file)), reading)


def _digest(file: Path, source: str, reading: Reading) -> str | None:
    """Return a digest of all that decides what a file's articles are, None where it has none."""
    how = f"{reading_way(reading)}\0{source}\0"
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


def reading_way(reading: Reading) -> str:
    """Return what tells one way to read from another: what was read otherwise is read again."""
    fields = sorted(reading.fields.items())
    return f"{_version()} {_READERS} {reading.keep_boilerplate:d} {fields}"


@cache
def _version() -> str:
    # Looked up anew, it takes longer than a small file.
    return version("tamngu")


def gone(catalog: Catalog, roots: set[Path], found: Found) -> list[str]:
    """Return the articles that were read from under the roots and are in no file there now."""
    missing = []
    for article_id, origin in catalog.origins():
        path = Path(origin)
        if article_id in found.articles or origin in found.unchanged:
            continue
        if not any(root == path or root in path.parents for root in roots):
            continue
        if origin in found.read or _is_gone(path):
            missing.append(article_id)
    return missing


def _is_gone(path: Path) -> bool:
    """Tell whether there is no such file, rather than one that cannot be looked at now."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
