"""Files in PostgreSQL, in pieces, so that a process on another machine can read them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.cluster.tables import PostgresTables
from rag.catalog.private_files import new_private_file, private_folder

SCHEMA_VERSION = 1

SCHEMA = """
CREATE TABLE pieces (
    kind TEXT NOT NULL,
    folder TEXT NOT NULL,
    name TEXT NOT NULL,
    number INTEGER NOT NULL,
    stored_at TEXT NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (kind, folder, name, number)
)
"""

_PIECE_BYTES = 2**20
"""Bytes of a piece, which is what a process holds in memory of a file. Chosen manually, not
tuned."""


class Pieces:
    """Files of one kind, by folder and name. Each piece is committed by itself."""

    def __init__(self, tables: PostgresTables, kind: str) -> None:
        """Keep files of a kind in tables of :data:`SCHEMA`."""
        self._tables = tables
        self._kind = kind

    def put(self, folder: str, path: Path) -> None:
        """Store a file under its name; when this returns, it is durable.

        Raises:
            OSError: it cannot be read.
            TamnguError: PostgreSQL cannot be used.
        """
        stored_at = datetime.now(UTC).isoformat()
        with path.open("rb") as file, self._tables.connection() as connection:
            number = 0
            # An empty file has one piece, too.
            while (data := file.read(_PIECE_BYTES)) or number == 0:
                connection.execute(
                    "INSERT INTO pieces VALUES (%s, %s, %s, %s, %s, %s)"
                    " ON CONFLICT (kind, folder, name, number) DO UPDATE SET data = excluded.data",
                    (self._kind, folder, path.name, number, stored_at, data),
                )
                number += 1

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the names of a folder's files, and their bytes."""
        query = (
            "SELECT name, sum(length(data)) FROM pieces WHERE kind = ? AND folder = ? GROUP BY name"
        )
        return {name: int(size) for name, size in self._tables.rows(query, self._kind, folder)}

    def data(self, folder: str, name: str) -> Iterator[bytes]:
        """Yield the pieces of a file in their order; none if there is no such file."""
        query = "SELECT data FROM pieces WHERE kind = ? AND folder = ? AND name = ? AND number = ?"
        number = 0
        while rows := self._tables.rows(query, self._kind, folder, name, number):
            yield rows[0][0]
            number += 1

    def fetch(self, folder: str, into: Path) -> None:
        """Write the files of a folder into a folder of this machine, except those it has.

        Raises:
            OSError: they cannot be written.
            TamnguError: PostgreSQL cannot be used.
        """
        private_folder(into)
        for name, size in self.sizes(folder).items():
            path = into / name
            if path.exists() and path.stat().st_size == size:
                continue
            partial = path.with_name(f"{name}.partial")
            partial.unlink(missing_ok=True)
            with new_private_file(partial) as file:
                for data in self.data(folder, name):
                    file.write(data)
            os.replace(partial, path)

    def remove(self, folder: str) -> None:
        """Remove the files of a folder."""
        with self._tables.connection() as connection:
            connection.execute(
                "DELETE FROM pieces WHERE kind = %s AND folder = %s", (self._kind, folder)
            )

    def folders(self, before_s: float = 0.0) -> list[str]:
        """Return the folders whose first file was stored so many seconds ago, oldest first."""
        until = datetime.now(UTC) - timedelta(seconds=before_s)
        query = (
            "SELECT folder FROM pieces WHERE kind = ? GROUP BY folder HAVING min(stored_at) <= ?"
            " ORDER BY min(stored_at)"
        )
        return [folder for (folder,) in self._tables.rows(query, self._kind, until.isoformat())]
