"""Whether a catalog's tables, counters and story bands agree with each other."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from rag.catalog.catalog import Catalog
from rag.catalog.database import Value
from rag.catalog.schema import create
from rag.catalog.sqlite.connections import Connections
from rag.catalog.story_updates import bands_of


def structural_problems(catalog: Catalog) -> list[str]:
    """Return what is wrong with the file's structure and counters, one sentence each."""
    connections = catalog.connections
    assert isinstance(connections, Connections)
    rows = connections.rows("PRAGMA integrity_check(20)")
    rows += connections.rows("PRAGMA foreign_key_check")
    problems = [str(row) if len(row) > 1 else row[0] for row in rows if row != ("ok",)]
    problems += [f"{name!r} differs from Tamngu's schema." for name in _altered(connections)]
    # A new passage that got an old passage's key would be taken for the old one.
    used = connections.rows(
        "SELECT max(key) FROM (SELECT key FROM passages UNION ALL SELECT key FROM deletions)"
        " HAVING max(key) > coalesce("
        "(SELECT max(seq) FROM sqlite_sequence WHERE name = 'passages'), 0)"
    )
    problems += [f"The passage key {key} is larger than the last assigned key." for (key,) in used]
    if catalog.deletions.complete_after() > catalog.settings.revision():
        problems.append("The log of deletions begins after the last change.")
    return problems


def articles_with_wrong_bands(catalog: Catalog, article_ids: Sequence[str]) -> list[str]:
    """Return the ids of those articles whose bands, as of their signature, are not all stored."""
    query = "SELECT id, signature FROM articles WHERE id IN (%s)"
    signatures: dict[str, bytes | None] = dict(catalog.connections.rows_in(query, article_ids))
    wanted = {name: bands_of(signature) for name, signature in signatures.items()}
    own = list(set().union(*(bands for bands in wanted.values() if bands)))
    query = "SELECT article_id, band FROM bands WHERE band IN (%s)"
    stored: dict[str, set[int]] = {}
    for article_id, band in catalog.connections.rows_in(query, own):
        stored.setdefault(article_id, set()).add(band)
    return [
        name
        for name, bands in wanted.items()
        if bands is None or not bands <= stored.get(name, set())
    ]


def bands_without_article(catalog: Catalog) -> int:
    """Return how many stored bands belong to no article."""
    query = "SELECT count(*) FROM bands WHERE article_id NOT IN (SELECT id FROM articles)"
    return int(catalog.connections.rows(query)[0][0])


def _altered(connections: Connections) -> list[str]:
    """Return the names of the tables, indexes and triggers that differ from the schema."""
    query = "SELECT name, sql FROM sqlite_master"
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as fresh:
        create(fresh)
        expected = dict(fresh.execute(query).fetchall())
    found: dict[str, Value] = dict(connections.rows(query))
    return [name for name in expected if _plain(found.get(name)) != _plain(expected[name])]


def _plain(statement: Value) -> str:
    """Return a statement without the quotes and spaces that may differ in equal schemas."""
    return " ".join(str(statement).replace('"', "").split())
