"""The catalog's tables, and the steps from each older version to this one."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable

from rag.catalog.older_passages import note_older_passages
from rag.catalog.rows import passage_checksum
from rag.catalog.story_updates import join_story
from rag.text.minhash import signature

SCHEMA_VERSION = 7

_VERSION_1 = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    content_hash TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    script TEXT,
    url TEXT,
    source TEXT,
    published_at TEXT,
    authors TEXT NOT NULL,
    tags TEXT NOT NULL,
    text TEXT NOT NULL
);
-- AUTOINCREMENT: no key is used twice, so a key in an index always means the same passage.
CREATE TABLE passages (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    language TEXT NOT NULL,
    sentence_spans BLOB NOT NULL,
    vector BLOB NOT NULL,
    sentence_vectors BLOB NOT NULL
);
CREATE INDEX passages_by_article ON passages (article_id);
CREATE INDEX passages_by_language ON passages (language)
"""

_VERSION_2 = """
-- The path of the file that an article was read from; a later ingest finds deleted files by it.
ALTER TABLE articles ADD COLUMN origin TEXT;
-- Near-duplicate articles, such as one story in several sources, share a number.
ALTER TABLE articles ADD COLUMN story INTEGER;
ALTER TABLE articles ADD COLUMN signature BLOB;
CREATE INDEX articles_by_story ON articles (story) WHERE story IS NOT NULL;
CREATE INDEX articles_by_origin ON articles (origin) WHERE origin IS NOT NULL;
CREATE TABLE bands (
    band INTEGER NOT NULL,
    article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (band, article_id)
) WITHOUT ROWID;
CREATE INDEX bands_by_article ON bands (article_id);
-- Of all columns but the key: it shows when a damaged row is read.
ALTER TABLE passages ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
-- What an index of an earlier revision has to drop.
CREATE TABLE deletions (key INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
CREATE INDEX deletions_by_revision ON deletions (revision);
CREATE TRIGGER note_deletion AFTER DELETE ON passages BEGIN
    INSERT INTO deletions
    SELECT old.key, CAST(value AS INTEGER) + 1 FROM settings WHERE name = 'revision';
END;
-- Files whose articles are all stored as the file has them.
CREATE TABLE files (path TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
CREATE TRIGGER forget_file AFTER DELETE ON articles WHEN old.origin IS NOT NULL BEGIN
    DELETE FROM files WHERE path = old.origin;
END;
INSERT OR REPLACE INTO settings SELECT 'deletions_from', value FROM settings
WHERE name = 'revision'
"""

_VERSION_3 = """
-- What late interaction compares; empty if the encoder gives no tokens.
ALTER TABLE passages ADD COLUMN tokens BLOB NOT NULL DEFAULT x''
"""

_VERSION_4 = """
-- Where the pages of a paged document begin, and what was cut from around the text: JSON.
ALTER TABLE articles ADD COLUMN pages TEXT NOT NULL DEFAULT '[]';
ALTER TABLE articles ADD COLUMN cut TEXT NOT NULL DEFAULT '[]';
-- Pages that a feed or a sitemap names and that are still to be fetched.
CREATE TABLE pending (
    key INTEGER PRIMARY KEY,
    listing TEXT NOT NULL,
    url TEXT NOT NULL,
    -- What the listing says of it: JSON.
    entry TEXT NOT NULL,
    UNIQUE (listing, url)
);
CREATE INDEX pending_by_url ON pending (url)
"""

_VERSION_5 = """
-- Articles are counted by language, source, tags and date from this index alone.
CREATE INDEX articles_by_facet ON articles (language, script, source, tags, published_at);
-- Articles that were deleted and can be restored. The identity is that of the catalog at that time.
CREATE TABLE trash (
    id TEXT PRIMARY KEY,
    content_hash TEXT NOT NULL,
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    script TEXT,
    url TEXT,
    source TEXT,
    published_at TEXT,
    authors TEXT NOT NULL,
    tags TEXT NOT NULL,
    text TEXT NOT NULL,
    pages TEXT NOT NULL,
    cut TEXT NOT NULL,
    origin TEXT,
    signature BLOB,
    deleted_at TEXT NOT NULL,
    identity TEXT NOT NULL
);
CREATE INDEX trash_by_time ON trash (deleted_at);
CREATE TABLE trash_passages (
    article_id TEXT NOT NULL REFERENCES trash (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    language TEXT NOT NULL,
    sentence_spans BLOB NOT NULL,
    vector BLOB NOT NULL,
    sentence_vectors BLOB NOT NULL,
    tokens BLOB NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE INDEX trash_passages_by_article ON trash_passages (article_id)
"""

_VERSION_6 = """
-- Without an index by article: the bands of an article are known from its signature.
CREATE TABLE smaller_bands (
    band INTEGER NOT NULL,
    article_id TEXT NOT NULL,
    PRIMARY KEY (band, article_id)
) WITHOUT ROWID;
INSERT INTO smaller_bands SELECT band, article_id FROM bands ORDER BY band, article_id;
DROP TABLE bands;
ALTER TABLE smaller_bands RENAME TO bands
"""

_VERSION_7 = """
-- The keys of bands are the first half of what they were. Two of one article may now be the same.
CREATE TABLE smaller_bands (
    band INTEGER NOT NULL,
    article_id TEXT NOT NULL,
    PRIMARY KEY (band, article_id)
) WITHOUT ROWID;
INSERT OR IGNORE INTO smaller_bands SELECT band >> 32, article_id FROM bands ORDER BY 1, 2;
DROP TABLE bands;
ALTER TABLE smaller_bands RENAME TO bands
"""


def create(connection: sqlite3.Connection) -> None:
    """Create the tables of a new catalog, inside a transaction."""
    _run(connection, _VERSION_1)
    connection.execute("INSERT INTO settings VALUES ('revision', '0')")
    upgrade(connection, 1)


def upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Upgrade an older catalog's tables to this version, inside a transaction."""
    for step in _STEPS[version - 1 :]:
        step(connection)
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")


def _upgrade_1(connection: sqlite3.Connection) -> None:
    """Add stories, origins, checksums, and the log of deletions.

    The first catalogs of this version had no identity.
    """
    _run(connection, _VERSION_2)
    connection.execute(
        # A new catalog has no fingerprint yet; it gets its identity with it.
        "INSERT OR IGNORE INTO settings SELECT 'identity', ? FROM settings"
        " WHERE name = 'fingerprint'",
        (uuid.uuid4().hex,),
    )
    rows = connection.execute(
        'SELECT key, article_id, start, "end", language, sentence_spans, vector, sentence_vectors'
        " FROM passages"
    )
    while some := rows.fetchmany(1000):
        connection.executemany(
            "UPDATE passages SET checksum = ? WHERE key = ?",
            [(passage_checksum((*row[1:], b"")), row[0]) for row in some],
        )
    for (article_id,) in connection.execute("SELECT id FROM articles ORDER BY id").fetchall():
        (text,) = connection.execute(
            "SELECT text FROM articles WHERE id = ?", (article_id,)
        ).fetchone()
        found = signature(text)
        connection.execute(
            "UPDATE articles SET signature = ? WHERE id = ?",
            (found.astype("<u4").tobytes(), article_id),
        )
        join_story(connection, article_id, found)
    # Up to version 6 keys of bands had twice as many bits; that step keeps the first half.
    connection.execute("UPDATE bands SET band = band << 32")


def _upgrade_2(connection: sqlite3.Connection) -> None:
    """Add a column for tokens; older passages have none until they are encoded again."""
    _run(connection, _VERSION_3)


def _upgrade_3(connection: sqlite3.Connection) -> None:
    """Add pages and cuts of articles, and the pages that are still to be fetched."""
    _run(connection, _VERSION_4)


def _upgrade_4(connection: sqlite3.Connection) -> None:
    """Add the trash, and an index that articles are counted from."""
    _run(connection, _VERSION_5)


def _upgrade_5(connection: sqlite3.Connection) -> None:
    """Drop an index of bands, and let passages be rewritten when indexes are next written."""
    _run(connection, _VERSION_6)
    note_older_passages(connection)


def _upgrade_6(connection: sqlite3.Connection) -> None:
    """Keep half of the key of each band."""
    _run(connection, _VERSION_7)


def _run(connection: sqlite3.Connection, statements: str) -> None:
    pending = ""
    for line in statements.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            connection.execute(pending)
            pending = ""
    if pending.strip():
        connection.execute(pending)


_STEPS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _upgrade_1,
    _upgrade_2,
    _upgrade_3,
    _upgrade_4,
    _upgrade_5,
    _upgrade_6,
)
"""The step at index n upgrades version n + 1 to version n + 2."""
