"""Buckets of tokens that all processes of a cluster share."""

from __future__ import annotations

import time

from api.auth.rate_limit import ONE, WINDOW_S, Quota, quota
from api.cluster.state import ClusterState

_SCHEMA_VERSION = 1

_SCHEMA = """
CREATE UNLOGGED TABLE buckets (
    client TEXT PRIMARY KEY,
    tokens double precision NOT NULL,
    is_allowed boolean NOT NULL,
    at timestamptz NOT NULL
)
"""
# Unlogged: after PostgreSQL has crashed all buckets are full, and a request costs no write to disk.

_FILLED = (
    "least(%(limit)s, b.tokens + extract(epoch FROM greatest(now() - b.at, interval '0'))"
    " * %(limit)s / %(window_s)s)"
)

_TAKE = f"""
INSERT INTO buckets AS b VALUES (%(client)s, %(limit)s - 1, true, now())
ON CONFLICT (client) DO UPDATE SET
    tokens = greatest(0, {_FILLED} - CASE WHEN {_FILLED} >= {ONE} THEN 1 ELSE 0 END),
    is_allowed = {_FILLED} >= {ONE},
    at = now()
RETURNING tokens, is_allowed
"""

_TIDY_EVERY_S = 300.0
"""Seconds between two removals of buckets that are full again. Chosen manually, not tuned."""


class SharedRateLimit:
    """A bucket of ``per_minute`` tokens for each client of a cluster; for any number of threads.

    A request takes its token in one statement, so no two of them take the same.
    """

    def __init__(self, state: ClusterState, per_minute: int) -> None:
        """Begin with the buckets as they are.

        Args:
            state: of the cluster.
            per_minute: requests; at least 1, and the same in all processes.
        """
        self._tables = state.tables("buckets", _SCHEMA, _SCHEMA_VERSION, "The limits of rate")
        self._limit = per_minute
        self._tidy_at = time.monotonic() + _TIDY_EVERY_S

    def take(self, client: str) -> Quota:
        """Take a token from the bucket of a key or address if it has one; return what remains.

        Raises:
            ClusterUnavailable: PostgreSQL cannot be reached.
            StorageError: it refuses.
        """
        values = {"client": client, "limit": float(self._limit), "window_s": float(WINDOW_S)}
        with self._tables.connection() as connection:
            row = connection.execute(_TAKE, values).fetchone()
            if time.monotonic() >= self._tidy_at:
                self._tidy_at = time.monotonic() + _TIDY_EVERY_S
                connection.execute(
                    "DELETE FROM buckets WHERE at < now() - make_interval(secs => %s)",
                    (float(WINDOW_S),),
                )
        assert row is not None
        return quota(self._limit, row[0], is_allowed=row[1])
