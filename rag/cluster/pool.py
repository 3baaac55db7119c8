"""Connections to a cluster's PostgreSQL, which a process keeps for its threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from rag.cluster.settings import ClusterSettings

Connection = psycopg.Connection[tuple[Any, ...]]


def open_pool(
    settings: ClusterSettings, name: str, configure: Callable[[Connection], None]
) -> ConnectionPool[Connection]:
    """Return a pool that opens connections when they are needed, and ends them after minutes.

    Args:
        settings: of the cluster.
        name: of the pool, for logs.
        configure: prepares each new connection.
    """
    return ConnectionPool(
        settings.catalog,
        min_size=0,
        max_size=settings.connections,
        timeout=settings.timeout_s,
        open=True,
        kwargs=_options(settings),
        configure=configure,
        reconnect_timeout=settings.timeout_s,
        name=name,
    )


def connect(settings: ClusterSettings) -> Connection:
    """Return a connection of its own, which the caller closes."""
    return psycopg.connect(settings.catalog, **_options(settings))


def _options(settings: ClusterSettings) -> dict[str, Any]:
    return {
        "autocommit": True,
        "connect_timeout": max(2, int(settings.timeout_s)),
        "application_name": "tamngu",
        # A node that dies answers nothing, not even that the connection is closed.
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
    }
