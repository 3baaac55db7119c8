"""Makes a collection from an export: built in a hidden folder, and moved when it is complete."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from embeddings.cache import sync
from rag.catalog.catalog import Catalog
from rag.catalog.private_files import private_folder
from rag.collection.export_format import Counts
from rag.collection.export_reader import ExportReader, KeyedArticle
from rag.collection.lock import writing
from rag.collection.paths import Home, checked_name, collection_directory
from rag.errors import CollectionExists, StorageError
from rag.records.passage import EncodedArticle

_UNFINISHED = ".unfinished"
"""A folder beside the collections. A collection cannot have its name, and what is built in it is
too deep in the folders to be listed as a collection."""

_BATCH = 512
"""Articles and passages in one transaction: a few megabytes."""

OnArticles = Callable[[int], object]
"""Called with the number of articles stored since the last call."""


def import_collection(
    home: Home, name: str, file: Path, on_articles: OnArticles = lambda _: None
) -> Counts:
    """Make a new collection from an export; no model is needed.

    Its articles, spans, vectors and passage keys are those of the exported collection. The keys
    decide between equal scores and choose the sample that scores are compared with, so searches
    give the same results. The index has still to be written, by
    :func:`rag.collection.compaction.compact`. A crash leaves either no collection or a complete
    one.

    Args:
        home: the folder, or the cluster, of all collections.
        name: the new collection's name.
        file: a file of :func:`rag.collection.export_writer.export_collection`.
        on_articles: called with the number of articles stored since the last call.

    Returns:
        How much the collection holds.

    Raises:
        BadCollectionName: the name cannot name a collection.
        CollectionExists: a collection or file of that name exists.
        CollectionBusy: another process is importing a collection of that name.
        BadExport: the file is not an export, has another format, or is damaged.
        UnreadableFile: the file cannot be read.
        StorageError: the home cannot be written.
    """
    if not isinstance(home, Path):
        with (
            closing(ExportReader(file)) as export,
            home.creating(checked_name(name)) as catalog,
        ):
            _fill(catalog, export, on_articles)
        return export.manifest.counts
    directory = collection_directory(home, name)
    _check_free(directory)
    with closing(ExportReader(file)) as export:
        try:
            with _unfinished(directory) as folder:
                with closing(Catalog(folder / "catalog.db")) as catalog:
                    _fill(catalog, export, on_articles)
                sync(folder)
                _check_free(directory)
                folder.rename(directory)
                for parent in (directory.parent, home):
                    sync(parent)
        except OSError as error:
            raise StorageError(
                f"Cannot create the collection {name!r} in {home}: {error.strerror or error}; "
                "choose a home that can be written and has free space."
            ) from error
        return export.manifest.counts


def _check_free(directory: Path) -> None:
    if os.path.lexists(directory):
        raise CollectionExists(
            f"The collection {directory.name!r} exists already: import under another name, or "
            f"remove {directory} first."
        )


@contextmanager
def _unfinished(directory: Path) -> Iterator[Path]:
    """Yield an empty folder to build a collection in; the caller moves it to its place.

    It is removed after an error. It holds the new collection's writer lock, which moves with it.
    """
    folder = directory.parent / _UNFINISHED / directory.name
    for each in (directory.parent.parent, directory.parent, folder.parent, folder):
        private_folder(each)
    with writing(folder):
        try:
            # An import that was killed leaves these.
            for leftover in folder.glob("catalog.db*"):
                leftover.unlink()
            yield folder
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            # Not empty while another process imports a collection.
            with suppress(OSError):
                folder.parent.rmdir()


def _fill(catalog: Catalog, export: ExportReader, on_articles: OnArticles) -> None:
    """Fill a new catalog with everything in an export."""
    catalog.initialise(export.manifest.fingerprint, export.manifest.tokens)
    following = 1
    for key, batch in _batches(export.articles()):
        if key != following:
            catalog.continue_keys_at(key)
        catalog.put_many(batch, as_they_are=True)
        following = key + sum(len(encoded.passages) for encoded in batch)
        on_articles(len(batch))
    # An article with the id of a stored one has replaced it.
    stored = sum(articles for articles, _ in catalog.counts().values())
    if stored != export.manifest.counts.articles:
        raise export.problem("it has an article twice")


def _batches(articles: Iterable[KeyedArticle]) -> Iterator[tuple[int, list[EncodedArticle]]]:
    """Yield batches of articles whose passages' keys have no gap, each with its first key."""
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
        batch.append(keyed.encoded.signed())
        following = key + len(keyed.encoded.passages)
        size += 1 + len(keyed.encoded.passages)
    if batch:
        yield first, batch
