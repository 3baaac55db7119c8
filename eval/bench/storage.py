"""``tamngu bench storage``: bytes that a collection takes on disk for each passage, by part."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import click

from eval.bench.errors import BenchFailed
from tamngu.cli.command import Command
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import json_option, local_collection_options

_COLUMNS = {
    "catalog: tokens": "SELECT total(length(tokens)) FROM passages",
    "catalog: vectors of sentences": "SELECT total(length(sentence_vectors)) FROM passages",
    "catalog: vectors of passages": "SELECT total(length(vector)) FROM passages",
    "catalog: texts": "SELECT total(length(CAST(text AS BLOB))) FROM articles",
    "catalog: signatures": "SELECT total(length(signature)) FROM articles",
}
"""Sums of the columns that hold most of a catalog."""

_BANDS = ("bands", "bands_by_article")
"""The table and the index that find near-duplicate articles."""

_REST = "catalog: everything else"

_FILES = {
    "vectors": "index: vectors of passages",
    "index": "index: vectors compressed for search",
}
"""Parts by the beginning of a file's name."""


def measure(directory: Path) -> dict[str, float]:
    """Return kilobytes (1,000 bytes) a passage on disk, of each part and in all.

    Free pages of the catalog count as everything else, as do keys, indexes and unfilled pages.

    Args:
        directory: a collection's folder.

    Raises:
        BenchFailed: the collection is empty or cannot be read.
    """
    try:
        address = f"{(directory / 'catalog.db').resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            passages = connection.execute("SELECT count(*) FROM passages").fetchone()[0]
            if not passages:
                raise BenchFailed(f"The collection {directory.name!r} is empty.")
            parts = _of_catalog(connection)
    except sqlite3.Error as error:
        raise BenchFailed(f"Cannot read the catalog of {directory.name!r}: {error}.") from error
    parts |= _of_index(directory)
    figures = {part: round(size / passages / 1000, 2) for part, size in parts.items()}
    whole = round(sum(parts.values()) / passages / 1000, 2)
    return {"passages": passages, **figures, "in all": whole}


def _of_catalog(connection: sqlite3.Connection) -> dict[str, float]:
    parts = {part: connection.execute(query).fetchone()[0] for part, query in _COLUMNS.items()}
    sizes = "SELECT total(pgsize) FROM dbstat WHERE name IN (?, ?)"
    parts["catalog: bands of near-duplicates"] = connection.execute(sizes, _BANDS).fetchone()[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    whole = pages * connection.execute("PRAGMA page_size").fetchone()[0]
    return {**parts, _REST: whole - sum(parts.values())}


def _of_index(directory: Path) -> dict[str, float]:
    from rag.index.current import read_current

    parts = dict.fromkeys((*_FILES.values(), "index: words", "index: everything else"), 0.0)
    current = read_current(directory)
    files = [] if current is None else current.directory.rglob("*")
    for file in files:
        if file.is_file():
            name = "index: words" if "lexical" in file.parts else _FILES.get(file.stem)
            parts[name or "index: everything else"] += file.stat().st_size
    return parts


@click.command("storage", cls=Command, examples=("tamngu bench storage --collection news",))
@local_collection_options
@json_option
def storage_command(home: Path | None, collection: str, as_json: bool) -> None:
    """Measure what a collection takes on disk.

    Prints kilobytes (1,000 bytes) a passage, of each part of the catalog and of the indexes.
    """
    from rag.collection.paths import default_home, existing_directory

    figures = measure(existing_directory(home or default_home(), collection))
    if as_json:
        print_json(figures)
        return
    for part, value in figures.items():
        click.echo(f"{part:38} {value:>8}")
