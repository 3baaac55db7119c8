"""What a long run of mixed load says of a server: whether its figures stay what they are."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag.catalog.sqlite.wal import use_wal
from tests.soak.minute import Minute, read_minutes, write_minutes
from tests.soak.picture import draw
from tests.soak.sampling import moment
from tests.soak.verdict import WARM_UP, compared

STEADY = Minute(
    run=1,
    minute=1,
    searches=200,
    p50_ms=20,
    p95_ms=40,
    writes=100,
    deletes=10,
    imports=3,
    busy=0,
    faults=0,
    server_mb=500,
    own_mb=300,
    readers_mb=200,
    handles=60,
    threads=40,
    catalog_kb=4100,
    jobs_kb=4100,
    keys_kb=100,
    idempotency_kb=4100,
    catalog_begun=1,
    jobs_begun=1,
    keys_begun=0,
    idempotency_begun=1,
)


def minutes(change: Callable[[int], dict[str, Any]]) -> list[Minute]:
    """Return twenty minutes after those that are not compared, each with what is changed in it."""
    before = [replace(STEADY, minute=n, **change(1)) for n in range(-WARM_UP, 1)]
    return [*before, *(replace(STEADY, minute=n, **change(n)) for n in range(1, 21))]


def risen(seen: list[Minute]) -> list[str]:
    return [each.name for each in compared(seen) if not each.is_flat]


def test_a_steady_run_is_flat() -> None:
    assert risen(minutes(lambda n: {})) == []
    assert compared(minutes(lambda n: {}))
    # A single slow minute, and caches that fill in the first ones, are no trend.
    assert risen(minutes(lambda n: {"p95_ms": 900 if n == 18 else 40})) == []
    # Nor is that other programs run.
    assert risen(minutes(lambda n: {"p95_ms": 40 + 40 * n, "slowdown": 1 + n})) == []
    assert risen(minutes(lambda n: {"server_mb": 300 if n == 1 else 500})) == []


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda n: {"server_mb": 500 + 20 * n}, "server MB"),
        (lambda n: {"own_mb": 300 + 10 * n}, "server MB, without files"),
        (lambda n: {"readers_mb": 200 + 20 * n}, "readers MB"),
        (lambda n: {"handles": 60 + n}, "handles"),
        (lambda n: {"threads": 40 + n}, "threads"),
        (lambda n: {"p95_ms": 40 + 4 * n}, "p95 ms, alone"),
        (lambda n: {"jobs_kb": 1000 * n}, "log of jobs, KB"),
    ],
)
def test_what_rises_is_named(change: Callable[[int], dict[str, Any]], name: str) -> None:
    assert risen(minutes(change)) == [name]


def test_a_short_run_is_not_compared() -> None:
    assert compared(minutes(lambda n: {})[:3]) == []


def test_minutes_are_kept_in_a_file(tmp_path: Path) -> None:
    kept = minutes(lambda n: {"p95_ms": 40.5})
    write_minutes(tmp_path / "a.csv", kept)
    assert read_minutes(tmp_path / "a.csv") == kept
    assert read_minutes(tmp_path / "none.csv") == []


def test_a_picture_has_each_curve() -> None:
    picture = draw(minutes(lambda n: {"run": 1 + n // 11}), "Twenty minutes")
    assert picture.count("<polyline") == 12
    # One new process, in each of the four plots.
    assert picture.count('class="restart"') == 4


def test_a_log_that_begins_anew_is_seen(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "jobs.db", isolation_level=None)) as connection:
        use_wal(connection)
        connection.execute("CREATE TABLE a (b)")
        before = moment(0, tmp_path, "none").logs["jobs"]
        connection.execute("PRAGMA wal_checkpoint(RESTART)")
        connection.execute("INSERT INTO a VALUES (1)")
        after = moment(0, tmp_path, "none").logs["jobs"]
    assert before.size > 0
    assert after.begun == before.begun + 1
    assert moment(0, tmp_path, "none").logs["keys"].size == 0
