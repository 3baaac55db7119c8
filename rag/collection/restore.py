"""From an export to a collection: built out of sight, and moved to its place once it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from embeddings.cache import sync
from rag.catalog.catalog import Catalog
from rag.catalog.connections import CatalogFile
from rag.collection.export_reader import ExportReader, KeyedArticle
from rag.collection.home import collection_directory
from rag.collection.lock import writing
from rag.collection.portable import Counts
from rag.errors import CollectionExists, StorageError
from rag.records.passage import EncodedArticle
from rag.text.minhash import signature

_UNFINISHED = ".unfinished"
"""A folder beside the collections. Its name is no collection's, and what is built in it lies too
deep to be taken for one."""

_BATCH = 512
"""Articles and passages stored in one transaction: a few megabytes."""

OnArticles = Callable[[int], object]
"""Called with the number of articles stored since the last call."""


def import_collection(
    home: Path, name: str, file: Path, on_articles: OnArticles = lambda _: None
) -> Counts:
    """Make a new collection of an export; no model is needed.

    Its articles, spans and vectors are those of the collection that was exported, and so are the
    passages' keys, on which ties and the sample behind a search's scores hang. Its index is yet to
    be derived. A crash at any moment leaves either no collection or the whole one.

    Args:
        home: where collections live.
        name: the new collection's.
        file: what :func:`rag.collection.export.export_collection` wrote.
        on_articles: called with the number of articles stored since the last call.

    Raises:
        BadCollectionName: the name cannot be a collection's.
        CollectionExists: there is one of that name.
        CollectionBusy: another process is importing one of that name.
        BadExport: the file is no export, a later one, or not as it was written.
        UnreadableFile: the file cannot be read.
        StorageError: the home cannot be written.
    """
    directory = collection_directory(home, name)
    _check_free(directory)
    with closing(ExportReader(file)) as export:
        try:
            with _unfinished(directory) as folder:
                _fill(folder / "catalog.db", export, on_articles)
                sync(folder)
                _check_free(directory)
                folder.rename(directory)
                for parent in (directory.parent, home):
                    sync(parent)
        except OSError as error:
            raise StorageError(
                f"Cannot make the collection {name!r} in {home}: {error.strerror or error}; "
                "choose a home that can be written and has room."
            ) from error
        return export.manifest.counts


def _check_free(directory: Path) -> None:
    if os.path.lexists(directory):
        raise CollectionExists(
            f"There is a collection {directory.name!r} already: import under another name, or "
            f"remove {directory} first."
        )


@contextmanager
def _unfinished(directory: Path) -> Iterator[Path]:
    """Give an empty folder to build a collection in, which is moved away; else it is removed.

    Its lock is the collection's own, and moves with it.
    """
    folder = directory.parent / _UNFINISHED / directory.name
    folder.mkdir(parents=True, exist_ok=True)
    with writing(folder):
        try:
            # Of an import that was killed.
            for leftover in folder.glob("catalog.db*"):
                leftover.unlink()
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            # Others may be building theirs.
            with suppress(OSError):
                folder.parent.rmdir()


def _fill(path: Path, export: ExportReader, on_articles: OnArticles) -> None:
    """Make a catalog of all that an export holds, and close it."""
    with closing(Catalog(path)) as catalog:
        catalog.initialise(export.manifest.fingerprint, export.manifest.tokens)
        following = 1
        with closing(CatalogFile(path)) as sequence:
            for key, batch in _batches(export.articles()):
                if key != following:
                    _continue_at(sequence, key)
                catalog.put_many(batch)
                following = key + sum(len(encoded.passages) for encoded in batch)
                on_articles(len(batch))
        # An article takes the place of one of its id.
        stored = sum(articles for articles, _ in catalog.counts().values())
        if stored != export.manifest.counts.articles:
            raise export.problem("it has an article twice")


def _batches(articles: Iterable[KeyedArticle]) -> Iterator[tuple[int, list[EncodedArticle]]]:
    """Gather articles whose passages' keys follow on, with the key that the first passage has."""
    batch: list[EncodedArticle] = []
    first = following = 1
    size = 0
    for keyed in articles:
        key = following if keyed.key is None else keyed.key
        if batch and (key != following or size >= _BATCH):
            yield first, batch
            batch, size = [], 0
        if not batch:
            first = key
        article = keyed.encoded.article
        batch.append(replace(keyed.encoded, signature=signature(article.text)))
        following = key + len(keyed.encoded.passages)
        size += 1 + len(keyed.encoded.passages)
    if batch:
        yield first, batch


def _continue_at(sequence: CatalogFile, key: int) -> None:
    """Give the next passage that is stored that key."""
    with sequence.transaction() as connection:
        connection.execute("DELETE FROM sqlite_sequence WHERE name = 'passages'")
        connection.execute("INSERT INTO sqlite_sequence VALUES ('passages', ?)", (key - 1,))
