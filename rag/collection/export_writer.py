"""Writes a collection to one file, which appears under its name only when it is complete."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import xxhash

from embeddings.cache import sync
from rag.catalog.catalog import Catalog
from rag.catalog.private_files import new_private_file
from rag.collection.export_format import (
    ARTICLES,
    LONGEST_LINE,
    MANIFEST,
    SENTENCES,
    TOKENS,
    VECTORS,
    ArticleLine,
    Counts,
    Manifest,
    Member,
)
from rag.errors import StorageError

OnArticles = Callable[[int], object]
"""Called with the number of articles written since the last call."""


def export_collection(
    catalog: Catalog,
    file: Path,
    on_articles: OnArticles = lambda _: None,
    *,
    replace: bool = False,
) -> Counts:
    """Write a collection's articles, passages and vectors to one file, at one state of the catalog.

    The file appears complete or not at all, and only its owner can read it; an older file of that
    name stays until then. The index and the paths of the articles' files are not exported. Memory
    holds one article at a time.

    Args:
        catalog: the collection's catalog; others may write to it meanwhile.
        file: a ZIP file; see :mod:`rag.collection.export_format`.
        on_articles: called with the number of articles written since the last call.
        replace: replace an existing file of that name.

    Raises:
        StorageError: the file exists already or cannot be written, or an article is too long.
        CollectionDamaged: the catalog differs from what was stored.
    """
    _check_place(file, replace)
    partial = file.with_name(f"{file.name}.partial-{uuid.uuid4().hex[:8]}")
    try:
        try:
            with new_private_file(partial) as opened:
                counts = _write(opened, catalog, on_articles)
                opened.flush()
                os.fsync(opened.fileno())
            _check_place(file, replace)
            partial.replace(file)
            sync(file.parent)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"Cannot write {file}: {error.strerror or error}; choose a file in a folder that can "
            "be written and has free space."
        ) from error
    return counts


def _check_place(file: Path, replace: bool) -> None:
    if file.exists() and not (replace and file.is_file()):
        raise StorageError(f"{file} exists already; choose another file, or add --replace.")


def _write(opened: IO[bytes], catalog: Catalog, on_articles: OnArticles) -> Counts:
    with ZipFile(opened, "w") as archive, catalog.reading():
        fingerprint = catalog.settings.fingerprint()
        # A ZIP file is written member after member. So each member reads the catalog once more,
        # which needs no second copy on the disk.
        members = {
            ARTICLES: _add(archive, ARTICLES, ZIP_DEFLATED, _lines(catalog, on_articles)),
            VECTORS: _add(archive, VECTORS, ZIP_STORED, _vectors(catalog)),
            SENTENCES: _add(archive, SENTENCES, ZIP_STORED, _sentence_vectors(catalog)),
            TOKENS: _add(archive, TOKENS, ZIP_STORED, _tokens(catalog)),
        }
        counts = Counts(
            articles=_articles(catalog),
            passages=members[VECTORS].size // (4 * fingerprint.dim),
            sentences=members[SENTENCES].size // (2 * fingerprint.dim),
        )
        manifest = Manifest(fingerprint, counts, members, catalog.settings.token_digest())
        _add(archive, MANIFEST, ZIP_DEFLATED, [manifest.to_json().encode()])
    return counts


def _add(archive: ZipFile, name: str, compression: int, blocks: Iterable[bytes]) -> Member:
    # Without a date: the same collection gives the same file.
    info = ZipInfo(name)
    info.compress_type = compression
    digest = xxhash.xxh3_128()
    size = 0
    with archive.open(info, "w", force_zip64=True) as member:
        for block in blocks:
            member.write(block)
            digest.update(block)
            size += len(block)
    return Member(size, digest.hexdigest())


def _lines(catalog: Catalog, on_articles: OnArticles) -> Iterator[bytes]:
    for line in _article_lines(catalog):
        written = line.to_json() + b"\n"
        if len(written) > LONGEST_LINE:
            raise StorageError(
                f"The article {line.article.id!r} is too long to be exported: it takes "
                f"{len(written):,} bytes, and an import reads at most {LONGEST_LINE:,}; split it "
                "into several articles."
            )
        yield written
        on_articles(1)


def _article_lines(catalog: Catalog) -> Iterator[ArticleLine]:
    """Yield the articles in the order of their passages' keys, as the vectors are."""
    written = 0
    for article, group in groupby(catalog.passages.stream(), key=lambda passage: passage.article):
        # Without their vectors, which take far more memory than a long article's text.
        held = [(passage.key, passage.encoded.passage) for passage in group]
        yield ArticleLine(held[0][0], article, [passage for _, passage in held])
        written += 1
    if written == _articles(catalog):
        return
    for article_id in catalog.articles.ids():
        found = catalog.articles.get(article_id)
        if found is not None and not len(catalog.passages.keys_of([article_id])):
            yield ArticleLine(None, found, ())


def _vectors(catalog: Catalog) -> Iterator[bytes]:
    for passage in catalog.passages.stream():
        yield passage.encoded.vector.astype("<f4").tobytes()


def _sentence_vectors(catalog: Catalog) -> Iterator[bytes]:
    for passage in catalog.passages.stream():
        # The catalog holds them in this precision, so nothing is lost.
        yield passage.encoded.sentence_vectors.astype("<f2").tobytes()


def _tokens(catalog: Catalog) -> Iterator[bytes]:
    for passage in catalog.passages.stream():
        tokens = passage.encoded.tokens
        yield len(tokens).to_bytes(4, "little") + tokens.tobytes()


def _articles(catalog: Catalog) -> int:
    return sum(articles for articles, _ in catalog.counts().values())
