"""The list of jobs, which several server processes may use at the same time."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from api.jobs.rows import (
    COLUMNS,
    SCHEMA,
    SCHEMA_VERSION,
    asked_json,
    job_of_row,
    kind_of,
    now,
    progress_json,
    rejections_json,
    result_json,
)
from api.state import State, tables_of
from rag.catalog.database import Transaction
from tamngu.records.job import (
    ENDED,
    EvaluationAsked,
    EvaluationResult,
    ImportAsked,
    ImportResult,
    Job,
    JobKind,
    JobState,
    Progress,
)
from tamngu.records.rejection import Rejection

_OPEN = "state IN ('queued', 'running')"

MAX_STARTS = 5
"""Starts of a job after each of which the server died before the job stored anything.

A job with so many starts fails, because it probably is what kills the server.
"""

MAX_KEPT = 10_000
"""Newest jobs that are kept; older jobs are removed once they have ended."""


@dataclass(frozen=True)
class OpenJob:
    """A job that has not ended, and its collection."""

    id: str
    collection: str


class JobStore:
    """The jobs of a home, for any number of threads and processes.

    The first job creates the file ``jobs.db``, or the tables on a cluster. Every method raises
    StorageError or ClusterUnavailable if they cannot be used.
    """

    def __init__(self, state: State) -> None:
        """Keep jobs there; nothing is opened yet."""
        self._tables = tables_of(state, "jobs", SCHEMA, SCHEMA_VERSION, "The list of jobs")

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""
        self._tables.close()

    def add(
        self,
        job_id: str,
        collection: str,
        asked: ImportAsked | EvaluationAsked,
        progress: Progress,
    ) -> Job:
        """Add a job to the queue; when this returns, the job is durable."""
        with self._tables.transaction() as connection:
            connection.execute(
                "INSERT INTO jobs (id, kind, collection, state, created_at, asked, progress)"
                " VALUES (?, ?, ?, 'queued', ?, ?, ?)",
                (
                    job_id,
                    kind_of(asked),
                    collection,
                    now(),
                    asked_json(asked),
                    progress_json(progress),
                ),
            )
        job = self.get(job_id)
        assert job is not None
        return job

    def get(self, job_id: str, *, rejections: bool = False) -> Job | None:
        """Return a job, with its rejections if ``rejections`` is set; None: no job has this id."""
        columns = f"{COLUMNS}, rejections" if rejections else COLUMNS
        rows = self._tables.rows(f"SELECT {columns} FROM jobs WHERE id = ?", job_id)
        return job_of_row(rows[0]) if rows else None

    def newest(
        self,
        limit: int,
        after: str | None = None,
        collections: Sequence[str] | None = None,
        kind: JobKind | None = None,
    ) -> list[Job] | None:
        """Return jobs without their rejections, newest first.

        Args:
            limit: number of jobs at most.
            after: only jobs that are older than this one; the result is None if it does not exist.
            collections: only jobs of these collections; default: of all.
            kind: only jobs of this kind; default: of all.
        """
        number = 2**62
        if after is not None:
            found = self._tables.rows("SELECT number FROM jobs WHERE id = ?", after)
            if not found:
                return None
            number = found[0][0]
        names = sorted(collections or ())
        if collections is not None and not names:
            return []
        among = f" AND collection IN ({', '.join('?' * len(names))})" if names else ""
        kinds = () if kind is None else (kind,)
        among += " AND kind = ?" * len(kinds)
        query = f"SELECT {COLUMNS} FROM jobs WHERE number < ?{among} ORDER BY number DESC LIMIT ?"
        return [job_of_row(row) for row in self._tables.rows(query, number, *names, *kinds, limit)]

    def open_jobs(self, kind: JobKind) -> list[OpenJob]:
        """Return the jobs of a kind that are queued or running, oldest first."""
        # Only two columns: this runs every second, and the others may be large.
        query = f"SELECT id, collection FROM jobs WHERE {_OPEN} AND kind = ? ORDER BY number"
        return [OpenJob(*row) for row in self._tables.rows(query, kind)]

    def count_open(self) -> int:
        """Return how many jobs are queued or running."""
        rows = self._tables.rows(f"SELECT count(*) FROM jobs WHERE {_OPEN}")
        return int(rows[0][0]) if rows else 0

    def claim(self, job_id: str) -> Job | None:
        """Set a job to running; the caller holds its lock.

        Returns:
            The job; None if it has ended, was cancelled, or has :data:`MAX_STARTS` starts.
        """
        with self._tables.transaction() as connection:
            query = f"SELECT cancelling, starts FROM jobs WHERE id = ? AND {_OPEN}"
            found = connection.execute(query, (job_id,)).fetchone()
            if found is None:
                return None
            cancelling, starts = found
            if cancelling:
                _end(connection, job_id, "cancelled")
                return None
            if starts >= MAX_STARTS:
                error = f"The server ended {starts} times while this job ran."
                _end(connection, job_id, "failed", error=error)
                return None
            connection.execute(
                "UPDATE jobs SET state = 'running', started_at = coalesce(started_at, ?),"
                " starts = starts + 1, rejections = '[]' WHERE id = ?",
                (now(), job_id),
            )
        return self.get(job_id)

    def update(
        self, job_id: str, progress: Progress, rejections: Sequence[Rejection] | None
    ) -> None:
        """Store how far a running job is.

        Args:
            job_id: of the job.
            progress: how far it is.
            rejections: all of its rejections; None: those that were stored last.
        """
        has_stored = progress.added + progress.updated > 0
        values = (
            progress_json(progress),
            None if rejections is None else rejections_json(rejections),
            0 if has_stored else None,
        )
        with self._tables.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET progress = ?, rejections = coalesce(?, rejections),"
                " starts = coalesce(?, starts) WHERE id = ? AND state = 'running'",
                (*values, job_id),
            )

    def requeue(self, job_id: str) -> None:
        """Put a running job back into the queue, at its old place."""
        with self._tables.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET state = 'queued', starts = 0 WHERE id = ? AND state = 'running'",
                (job_id,),
            )

    def end(
        self,
        job_id: str,
        state: JobState,
        *,
        result: ImportResult | EvaluationResult | None = None,
        error: str | None = None,
    ) -> None:
        """End a job that is queued or running."""
        with self._tables.transaction() as connection:
            _end(connection, job_id, state, result, error)

    def cancel(self, job_id: str) -> Job | None:
        """Cancel a queued job at once, and mark a running one for cancellation.

        Returns:
            The job with its rejections; None if no job has this id.
        """
        with self._tables.transaction() as connection:
            connection.execute(
                f"UPDATE jobs SET cancelling = 1 WHERE id = ? AND {_OPEN}", (job_id,)
            )
            query = "SELECT 1 FROM jobs WHERE id = ? AND state = 'queued'"
            if connection.execute(query, (job_id,)).fetchone():
                _end(connection, job_id, "cancelled")
        return self.get(job_id, rejections=True)

    def is_cancelling(self, job_id: str) -> bool:
        """Tell whether a job is marked for cancellation."""
        rows = self._tables.rows("SELECT cancelling FROM jobs WHERE id = ?", job_id)
        return bool(rows and rows[0][0])

    def remove_oldest(self) -> None:
        """Remove ended jobs that are not among the :data:`MAX_KEPT` newest jobs."""
        with self._tables.transaction() as connection:
            connection.execute(
                f"DELETE FROM jobs WHERE NOT {_OPEN} AND number <= (SELECT number FROM jobs"
                " ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (MAX_KEPT,),
            )

    @property
    def is_empty(self) -> bool:
        """Whether no job was ever added to a file; False on a cluster, where nobody knows."""
        return not self._tables.exists


def new_id() -> str:
    """Return an id that no other job has."""
    return uuid.uuid4().hex


def _end(
    connection: Transaction,
    job_id: str,
    state: JobState,
    result: ImportResult | EvaluationResult | None = None,
    error: str | None = None,
) -> None:
    assert state in ENDED
    connection.execute(
        f"UPDATE jobs SET state = ?, ended_at = ?, result = ?, error = ? WHERE id = ? AND {_OPEN}",
        (state, now(), result_json(result), error, job_id),
    )
