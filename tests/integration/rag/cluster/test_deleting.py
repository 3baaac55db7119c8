"""A collection of a cluster is deleted while others use it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from embeddings import Encoder
from rag import Collection
from rag.cluster.cluster import Cluster
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

NAME = "news"

ENDS_A_WAIT = "-c deadlock_timeout=1s"
"""After so long PostgreSQL looks whether two wait for each other, and ends the one that waits."""

LATER = "SET deadlock_timeout = '60s'"


@pytest.fixture
def connection(cluster: Cluster) -> Iterator[psycopg.Connection]:
    with psycopg.connect(cluster.settings.catalog) as opened:
        opened.execute(LATER)
        yield opened


def test_a_delete_that_waits_in_a_circle_with_another_user_is_tried_again(
    cluster: Cluster, encoder: Encoder, connection: psycopg.Connection
) -> None:
    while not delete_in_a_circle(cluster, encoder, connection):
        # The other one was ended: on a slow machine it began to wait too late.
        connection.rollback()
    assert cluster.names() == []


def delete_in_a_circle(cluster: Cluster, encoder: Encoder, other: psycopg.Connection) -> bool:
    """Delete a collection whose tables another connection holds, which then waits for the delete.

    Returns:
        Whether PostgreSQL ended the delete, and not the other one.
    """
    Collection.open_or_create(cluster, NAME, encoder, "none").close()
    schema = cluster.ensure_collection(NAME)
    other.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, "articles")))
    patient = make_conninfo(cluster.settings.catalog, options=ENDS_A_WAIT)
    there = Cluster(replace(cluster.settings, catalog=patient))
    with (
        ThreadPoolExecutor(1) as pool,
        psycopg.connect(cluster.settings.catalog, autocommit=True) as looking,
    ):
        deleting = pool.submit(there.delete, NAME)
        try:
            wait_until(lambda: deleting.done() or waits(looking) > 0)
            other.execute("SELECT * FROM tamngu.collections WHERE name = %s FOR UPDATE", (NAME,))
        except psycopg.errors.DeadlockDetected:
            return False
        finally:
            other.rollback()
            deleting.result()
    return True


def waits(connection: psycopg.Connection) -> int:
    found = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return int(found[0]) if found else 0
