"""The state of a service on one machine and on a cluster: the same tests for both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from api.cluster.connections import SCHEMA
from api.cluster.state import ClusterState
from api.state import State
from rag.cluster.cluster import Cluster
from rag.cluster.settings import ClusterSettings
from tests.cluster_parts import Part

States = Callable[[], State]

LEASE_S = 60.0
"""Seconds; a process gives signs of life so seldom that no test sees a second one."""


@pytest.fixture
def cluster_states(tmp_path: Path, postgres_part: Part) -> Iterator[States]:
    """Return a function that gives the state of a cluster, as each of its processes has it."""
    address = f"postgresql://postgres@127.0.0.1:{postgres_part.port}/postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    settings = ClusterSettings(address, "http://127.0.0.1:1", lease_s=LEASE_S)
    made: list[ClusterState] = []

    def state() -> State:
        made.append(ClusterState(Cluster(settings), tmp_path / f"machine-{len(made)}"))
        return made[-1]

    yield state
    for each in made:
        each.close()


@pytest.fixture(params=["machine", "cluster"])
def states(request: pytest.FixtureRequest, tmp_path: Path) -> States:
    """Return a function that gives the state of a service, as each of its processes has it."""
    if request.param == "machine":
        return lambda: tmp_path
    made: States = request.getfixturevalue("cluster_states")
    return made
