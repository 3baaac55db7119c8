"""A cluster as the home of collections: which there are, and where each is."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.errors import TamnguError
from rag.catalog.catalog import Catalog
from rag.cluster.schema import REPLACED, next_schema
from rag.cluster.settings import ClusterSettings, read_settings
from rag.cluster.vectors import VectorStore
from rag.errors import (
    ClusterUnavailable,
    CollectionExists,
    CollectionNotFound,
    StorageError,
)

if TYPE_CHECKING:
    import psycopg

_REGISTRY = """
CREATE SCHEMA IF NOT EXISTS tamngu;
CREATE TABLE IF NOT EXISTS tamngu.collections (
    name text COLLATE "C" PRIMARY KEY,
    schema text NOT NULL UNIQUE
)
"""

_REGISTRY_LOCK = 0x74616D6E6775
"""The advisory lock of whoever creates the registry."""


_DELETE_TRIES = 5
"""How often a collection is tried to be deleted while others use it. Chosen manually, not tuned."""


@dataclass(frozen=True)
class Cluster:
    """A cluster.

    Attributes:
        settings: where its parts are.
    """

    settings: ClusterSettings

    @classmethod
    def read(cls, file: Path) -> Cluster:
        """Return the cluster that a file describes.

        Raises:
            BadClusterFile: it cannot be read, or it says what is not allowed.
            ClusterMissing: what a cluster needs is not installed.
        """
        # Found, not loaded: pymilvus takes seconds.
        if not all(map(find_spec, ("psycopg", "psycopg_pool", "pymilvus"))):
            raise ClusterMissing
        return cls(read_settings(file))

    def __str__(self) -> str:
        """Return how messages name it."""
        return "the cluster"

    def names(self) -> list[str]:
        """Return the names of all collections, sorted."""
        with self._connected() as connection:
            return [name for name, _ in _registered(connection)]

    def open_catalog(self, name: str) -> Catalog:
        """Open the catalog of an existing collection.

        Raises:
            CollectionNotFound: there is no collection of that name.
            ClusterUnavailable: PostgreSQL cannot be reached.
        """
        return self._catalog(self.ensure_collection(name), name)

    def ensure_collection(self, name: str) -> str:
        """Return the schema of an existing collection.

        Raises:
            CollectionNotFound: there is no collection of that name.
            ClusterUnavailable: PostgreSQL cannot be reached.
        """
        with self._connected() as connection:
            known = dict(_registered(connection))
        if name not in known:
            existing = ", ".join(known) or "no collection yet"
            raise CollectionNotFound(
                f"There is no collection {name!r}.",
                f"The cluster has {existing}. Create it with: tamngu ingest PATH --collection "
                f"{name}",
            )
        return known[name]

    def create_catalog(self, name: str) -> Catalog:
        """Open the catalog of a collection, which need not exist."""
        with self._connected() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_REGISTRY_LOCK,))
            connection.execute(_REGISTRY)
            connection.execute(
                "INSERT INTO tamngu.collections VALUES (%s, %s) ON CONFLICT (name) DO NOTHING",
                (name, _new_schema()),
            )
            schema = dict(_registered(connection))[name]
        return self._catalog(schema, name)

    @contextmanager
    def creating(self, name: str) -> Iterator[Catalog]:
        """Yield a new catalog, which appears under its name when the block has ended.

        After an error nothing is left of it.

        Raises:
            CollectionExists: there is a collection of that name.
        """
        schema = _new_schema()
        with self._connected() as connection:
            if name in dict(_registered(connection)):
                raise _exists(name)
        try:
            with closing(self._catalog(schema, name)) as catalog:
                yield catalog
            self._register(name, schema)
        except BaseException:
            with self._connected() as connection:
                connection.execute(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')
            raise

    def _register(self, name: str, schema: str) -> None:
        with self._connected() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_REGISTRY_LOCK,))
            connection.execute(_REGISTRY)
            if name in dict(_registered(connection)):
                raise _exists(name)
            connection.execute("INSERT INTO tamngu.collections VALUES (%s, %s)", (name, schema))

    def delete(self, name: str) -> None:
        """Delete a collection with everything in it.

        Raises:
            CollectionNotFound: there is no collection of that name.
        """
        catalog = self.open_catalog(name)
        stores = [] if catalog.is_new else [self.vectors(catalog)]
        catalog.close()
        stores += self._other_vectors(self.ensure_collection(name))
        for left in reversed(range(_DELETE_TRIES)):
            if self._dropped(name, is_last=left == 0):
                break
        for store in stores:
            store.drop()
            store.close()

    def _dropped(self, name: str, *, is_last: bool) -> bool:
        """Delete a collection's tables; return False where others use them, but raise at last."""
        import psycopg

        try:
            with self._connected() as connection, connection.transaction():
                row = connection.execute(
                    "DELETE FROM tamngu.collections WHERE name = %s RETURNING schema", (name,)
                ).fetchone()
                if row is not None:
                    connection.execute(f'DROP SCHEMA IF EXISTS "{next_schema(row[0])}" CASCADE')
                    connection.execute(f'DROP SCHEMA IF EXISTS "{row[0]}" CASCADE')
        except ClusterUnavailable as error:
            # Each waits for a table that the other one holds; PostgreSQL ends one of them.
            if is_last or not isinstance(error.__cause__, psycopg.errors.DeadlockDetected):
                raise
            return False
        return True

    def vectors(self, catalog: Catalog) -> VectorStore:
        """Return where the vectors and words of a catalog's passages are."""
        settings = catalog.settings
        return self.vectors_of(settings.identity(), settings.fingerprint().dim)

    def _other_vectors(self, schema: str) -> list[VectorStore]:
        """Return where the vectors are that a re-encoding makes, or that it has replaced."""
        stores = []
        with self._connected() as connection:
            for each, name in ((next_schema(schema), "identity"), (schema, REPLACED)):
                settings = f'"{each}".settings'
                found = connection.execute("SELECT to_regclass(%s)", (settings,)).fetchone()
                if found is not None and found[0] is not None:
                    query = f"SELECT value FROM {settings} WHERE name = %s"
                    stores += [
                        self.vectors_of(row[0]) for row in connection.execute(query, (name,))
                    ]
        return stores

    def vectors_of(self, identity: str, dim: int = 1) -> VectorStore:
        """Return where the vectors of an identity of a catalog are.

        Args:
            identity: the catalog's.
            dim: of its vectors; it makes no difference if they are only deleted.
        """
        # Its library in C++ writes of lost connections, beside what is raised.
        os.environ.setdefault("GRPC_VERBOSITY", "NONE")
        # pymilvus takes seconds to load, and a list of articles does not need it.
        from rag.cluster.milvus.store import MilvusVectors

        return MilvusVectors(self.settings, f"tamngu_{identity}", dim)

    def _catalog(self, schema: str, name: str) -> Catalog:
        from rag.cluster.postgres import PostgresDatabase

        return Catalog.on(PostgresDatabase(self.settings, schema, name))

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        import psycopg

        timeout = max(2, int(self.settings.timeout_s))
        try:
            with psycopg.connect(
                self.settings.catalog, autocommit=True, connect_timeout=timeout
            ) as connection:
                yield connection
        except psycopg.OperationalError as error:
            said = str(error).strip().splitlines()[0]
            raise ClusterUnavailable(f"PostgreSQL cannot be used: {said}.") from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise StorageError(
                f"PostgreSQL refuses to store collections ({error}): give the user the right to "
                "create schemas in its database."
            ) from error


def _new_schema() -> str:
    return f"tamngu_{uuid.uuid4().hex[:16]}"


def _exists(name: str) -> CollectionExists:
    return CollectionExists(
        f"The collection {name!r} exists already: import under another name, or delete it first."
    )


def _registered(connection: psycopg.Connection[tuple[Any, ...]]) -> list[tuple[str, str]]:
    """Return the collections' names and schemas, sorted by name."""
    found = connection.execute("SELECT to_regclass('tamngu.collections') IS NOT NULL").fetchone()
    if found is None or not found[0]:
        return []
    query = "SELECT name, schema FROM tamngu.collections ORDER BY name"
    return [(name, schema) for name, schema in connection.execute(query)]


class ClusterMissing(TamnguError):
    """What a cluster needs is not installed."""

    def __init__(self) -> None:
        """Say how to install it."""
        super().__init__("Install what a cluster needs: pip install 'tamngu[cluster]'.")
