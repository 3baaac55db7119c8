"""What a service keeps beside its collections: in its home on one machine, or on a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from filelock import FileLock, Timeout

from api.sqlite_file import SqliteFile
from api.tables import Tables
from rag.catalog.private_files import FILE_MODE
from rag.collection.paths import Home, default_home

if TYPE_CHECKING:
    from api.cluster.state import ClusterState
    from rag.cluster.cluster import Cluster

State: TypeAlias = "Path | ClusterState"
"""The home that has the state of a service, or its part of a cluster."""


@contextmanager
def opened_state(home: Home | None) -> Iterator[State]:
    """Yield the state of the service of these collections; None: those of the default home."""
    if home is None or isinstance(home, Path):
        yield home or default_home()
        return
    state = state_of(default_home(), home)
    try:
        yield state
    finally:
        close(state)


def state_of(home: Path, cluster: Cluster | None) -> State:
    """Return the state of a service; nothing is opened yet.

    Args:
        home: a folder of this machine.
        cluster: that has the state, in place of the folder.
    """
    if cluster is None:
        return home
    from api.cluster.state import ClusterState

    return ClusterState(cluster, home)


def close(state: State) -> None:
    """Let go of what is open."""
    if not isinstance(state, Path):
        state.close()


def home_of(state: State) -> Path:
    """Return the folder of this machine."""
    return state if isinstance(state, Path) else state.home


def tables_of(state: State, name: str, schema: str, version: int, content: str) -> Tables:
    """Return tables; nothing is opened yet.

    Args:
        state: that has them.
        name: of the tables; on one machine, of their file.
        schema: SQL statements of SQLite that create the tables, separated by semicolons.
        version: of the schema; tables of a later version are refused.
        content: what the tables hold, as the subject of error messages.
    """
    if isinstance(state, Path):
        return SqliteFile(state / f"{name}.db", schema, version, content)
    return state.tables(name, schema, version, content)


@contextmanager
def alone(state: State, name: str) -> Iterator[bool]:
    """Yield whether this process alone does something of this name inside the block.

    It is False as well if the home cannot be written.
    """
    if not isinstance(state, Path):
        with state.leases.try_lock(name) as is_held:
            yield is_held is not None
        return
    lock = FileLock(state / f"{name}.lock", timeout=0, mode=FILE_MODE)
    try:
        lock.acquire()
    except (Timeout, OSError):
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
