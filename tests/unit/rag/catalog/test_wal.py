"""The log beside a database does not keep the size of the largest transaction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.sqlite_file import SqliteFile
from rag.catalog.sqlite.connections import Connections
from rag.catalog.sqlite.wal import LOG_BYTES


class Database:
    """A database of the service, or of a collection, with a table of texts."""

    def __init__(self, path: Path, opened: SqliteFile | Connections) -> None:
        self.log = path.with_name(f"{path.name}-wal")
        self.opened = opened

    def write(self, size: int) -> None:
        with self.opened.transaction() as connection:
            connection.execute("INSERT INTO texts VALUES (?)", ("a" * size,))


@pytest.fixture(params=["service", "catalog"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "a.db"
    table = "CREATE TABLE texts (text TEXT)"
    opened: SqliteFile | Connections
    if request.param == "service":
        opened = SqliteFile(path, table, 1, "It")
    else:
        opened = Connections(path)
        opened.initialise({})
        with opened.transaction() as connection:
            connection.execute(table)
    yield Database(path, opened)
    opened.close()


def test_the_log_of_a_large_transaction_is_cut_by_the_next_one(database: Database) -> None:
    database.write(LOG_BYTES + 2**20)
    assert database.log.stat().st_size > LOG_BYTES
    database.write(1)
    assert database.log.stat().st_size <= LOG_BYTES


def test_a_log_in_use_begins_anew(database: Database) -> None:
    for _ in range(40):
        database.write(2**20)
    # It would have 40 MB if it were never written back.
    assert database.log.stat().st_size < 2**24
