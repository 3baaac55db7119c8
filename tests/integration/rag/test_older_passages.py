"""Passages and indexes as the releases of schema version 5 wrote them, and their rewriting."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder
from embeddings.scaled_vectors import scaled, unscaled
from rag import Collection, ingest, make_article, search
from rag.catalog import older_passages
from rag.catalog.older_passages import count_older_passages
from rag.catalog.rows import PASSAGE_COLUMNS, passage_checksum, read_vectors
from rag.collection.check import check
from rag.collection.export_writer import export_collection
from rag.collection.restore import import_collection
from rag.collection.statistics import statistics
from rag.collection.upkeep import upgrade_passages
from rag.errors import CollectionDamaged
from rag.records.passage import CODE_BYTES, EncodedPassage
from tests.integration.rag.test_upgrade import rewrite_manifest

TEXTS = (
    "Việt Nam gia nhập ASEAN năm 1995. Lễ kết nạp ở Brunei.",
    "东盟秘书处设在雅加达。秘书长任期五年。",
    "The secretariat of ASEAN is in Jakarta. Its head serves five years.",
)
NAMES = (*PASSAGE_COLUMNS, "checksum")
SELECT = f"SELECT key, {', '.join(NAMES)} FROM passages ORDER BY key"
UPDATE = f"UPDATE passages SET {', '.join(f'{name} = ?' for name in NAMES)} WHERE key = ?"


def in_more_bytes(row: list[bytes]) -> list[bytes]:
    """Return the columns of a passage with its vectors as they were before."""
    vector, sentences = read_vectors(*row[4:7])
    # They were less round.
    drawn = np.random.default_rng(0).normal(scale=1e-3, size=vector.shape)
    halves = (unscaled(sentences) + drawn).astype("<f2")
    assert not np.array_equal(unscaled(scaled(halves)), halves)
    # Tokens that are equal to others were stored too.
    codes = np.frombuffer(row[7], np.uint8).reshape(-1, CODE_BYTES)
    tokens = np.repeat(codes, 2, axis=0).tobytes()
    return [*row[:5], (vector + drawn / 100).astype("<f4").tobytes(), halves.tobytes(), tokens]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    home = tmp_path_factory.mktemp("older")
    with closing(Collection.open_or_create(home, "c", encoder)) as collection:
        ingest(collection, [make_article(text, key="k", id=text[:4]) for text in TEXTS])
        collection.compact()
    directory = home / "collections" / "c"
    (generation,) = (directory / "generations").iterdir()
    with closing(sqlite3.connect(directory / "catalog.db")) as connection:
        for key, *row in connection.execute(SELECT).fetchall():
            before = in_more_bytes(row[:-1])
            connection.execute(UPDATE, (*before, passage_checksum(tuple(before)), key))
            # Each language has one passage.
            folder = generation / str(before[3])
            (folder / "sentences.f16").write_bytes(before[6])
            (folder / "tokens.u8").write_bytes(before[7])
            np.save(folder / "token_starts.npy", np.array([0, len(before[7]) // CODE_BYTES]))
        connection.executescript(
            "CREATE TABLE smaller AS SELECT * FROM bands; DROP TABLE bands;"
            "CREATE TABLE bands (band INTEGER NOT NULL,"
            " article_id TEXT NOT NULL REFERENCES articles (id) ON DELETE CASCADE,"
            " PRIMARY KEY (band, article_id)) WITHOUT ROWID;"
            "CREATE INDEX bands_by_article ON bands (article_id);"
            "INSERT INTO bands SELECT (band << 32) + 1995, article_id FROM smaller;"
            "DROP TABLE smaller;"
            "PRAGMA user_version=5"
        )
        connection.commit()
    rewrite_manifest(directory, 4)
    return home


@pytest.fixture
def older(made: Path, tmp_path: Path) -> Path:
    """A home whose collection has rows and an index of the former release."""
    return Path(shutil.copytree(made, tmp_path / "home"))


def rows(home: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "collections" / "c" / "catalog.db")) as connection:
        return connection.execute(SELECT).fetchall()


def stored(collection: Collection) -> list[EncodedPassage]:
    keys, _ = collection.catalog.passages.keys()
    return collection.catalog.passages.encoded(keys.tolist())


def differ(some: list[EncodedPassage], others: list[EncodedPassage]) -> list[bool]:
    return [
        a.passage != b.passage
        or not np.array_equal(a.sentence_vectors, b.sentence_vectors)
        or not np.array_equal(a.tokens, b.tokens)
        or not np.allclose(a.vector, b.vector, atol=1e-4)
        for a, b in zip(some, others, strict=True)
    ]


def test_older_passages_are_read_as_they_are_and_rewritten_at_the_next_compaction(
    older: Path, encoder: Encoder
) -> None:
    before = rows(older)
    with closing(Collection.open(older, "c", encoder)) as collection:
        assert statistics(collection.catalog).index.added == 0
        assert check(collection.directory, collection.catalog).problems == []
        hits = search(collection, "ASEAN").hits
        assert len(hits) == len(TEXTS)
        held = stored(collection)
        assert rows(older) == before
        assert count_older_passages(collection.catalog.connections) == len(TEXTS)

        collection.compact()
        assert count_older_passages(collection.catalog.connections) == 0
        assert not any(differ(stored(collection), held))
        assert check(collection.directory, collection.catalog).problems == []
        found = search(collection, "ASEAN").hits
        assert [hit.passage_id for hit in found] == [hit.passage_id for hit in hits]
        assert [hit.score for hit in found] == pytest.approx([h.score for h in hits], abs=1e-3)
    after = rows(older)
    assert [row[0] for row in after] == [row[0] for row in before]
    for new, old in zip(after, before, strict=True):
        assert len(new[6]) == len(old[6]) / 2  # type: ignore[arg-type]
        assert len(new[7]) < 0.52 * len(old[7])  # type: ignore[arg-type]
        assert len(new[8]) == len(old[8]) / 2  # type: ignore[arg-type]


def test_an_interrupted_rewriting_loses_nothing_and_is_continued(
    older: Path, encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows(older)
    monkeypatch.setattr(older_passages, "_AT_A_TIME", 1)

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with closing(Collection.open(older, "c", encoder)) as collection:
        held = stored(collection)
        with pytest.raises(KeyboardInterrupt):
            upgrade_passages(collection.catalog, interrupt)
        assert count_older_passages(collection.catalog.connections) == len(TEXTS) - 1
        assert [a == b for a, b in zip(rows(older), before, strict=True)] == [False, True, True]
        # The index on disk is that of the former release still.
        assert check(collection.directory, collection.catalog).problems == []
    with closing(Collection.open(older, "c", encoder)) as collection:
        upgrade_passages(collection.catalog)
        assert not any(differ(stored(collection), held))
        assert check(collection.directory, collection.catalog).problems == []
    assert not any(a == b for a, b in zip(rows(older), before, strict=True))


def test_a_damaged_passage_is_not_rewritten(older: Path, encoder: Encoder) -> None:
    with closing(Collection.open(older, "c", encoder)) as collection:
        with collection.catalog.connections.transaction() as connection:
            connection.execute("UPDATE passages SET vector = zeroblob(length(vector))")
        before = rows(older)
        with pytest.raises(CollectionDamaged):
            upgrade_passages(collection.catalog)
    assert rows(older) == before


def test_exports_before_and_after_give_the_same_collection(
    older: Path, tmp_path: Path, encoder: Encoder
) -> None:
    with closing(Collection.open(older, "c", encoder)) as collection:
        held = stored(collection)
        export_collection(collection.catalog, tmp_path / "before.zip")
        upgrade_passages(collection.catalog)
        export_collection(collection.catalog, tmp_path / "after.zip")
    for name in ("before", "after"):
        import_collection(tmp_path / name, "c", tmp_path / f"{name}.zip")
        with closing(Collection.open(tmp_path / name, "c", encoder)) as imported:
            assert not any(differ(stored(imported), held))
    export = tmp_path / "again.zip"
    with closing(Collection.open(tmp_path / "after", "c", encoder)) as imported:
        export_collection(imported.catalog, export)
    assert export.read_bytes() == (tmp_path / "after.zip").read_bytes()


def test_the_file_gets_smaller_when_much_of_it_was_freed(older: Path, encoder: Encoder) -> None:
    with closing(Collection.open(older, "c", encoder)) as collection:
        catalog = collection.catalog
        with closing(sqlite3.connect(catalog.path, isolation_level=None)) as connection:
            connection.execute("CREATE TABLE much AS SELECT zeroblob(1000000) AS bytes")
            connection.execute("DROP TABLE much")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = catalog.size_bytes
        hits = search(collection, "ASEAN").hits
        upgrade_passages(catalog)
        assert catalog.size_bytes < size - 900_000
        assert check(collection.directory, catalog).problems == []
        found = search(collection, "ASEAN").hits
        assert [hit.passage_id for hit in found] == [hit.passage_id for hit in hits]
