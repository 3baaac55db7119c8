"""Jobs as they are kept: in one SQLite file, which several server processes may use at once."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from api.jobs.job import (
    ENDED,
    EvaluationAsked,
    EvaluationResult,
    ImportAsked,
    ImportResult,
    Job,
    JobKind,
    JobState,
    Progress,
    Rejected,
)
from api.sqlite_file import SqliteFile

_SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    collection TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT,
    asked TEXT NOT NULL,
    progress TEXT NOT NULL,
    result TEXT,
    error TEXT,
    rejections TEXT NOT NULL DEFAULT '[]',
    cancelling INTEGER NOT NULL DEFAULT 0,
    starts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX jobs_by_state ON jobs (state);
"""

Value = TypeVar("Value")

_COLUMNS = (
    "id, kind, collection, state, created_at, started_at, ended_at, asked, progress, result, error"
)

_OPEN = "state IN ('queued', 'running')"

MOST_STARTS = 5
"""Times that a job is started without storing anything before the server dies: then it fails."""

MOST_KEPT = 10_000
"""Ended jobs that are remembered."""

_ASKED: Mapping[JobKind, TypeAdapter[Any]] = {
    "import": TypeAdapter(ImportAsked),
    "evaluation": TypeAdapter(EvaluationAsked),
}
_RESULT: Mapping[JobKind, TypeAdapter[Any]] = {
    "import": TypeAdapter(ImportResult),
    "evaluation": TypeAdapter(EvaluationResult),
}
_PROGRESS = TypeAdapter(Progress)
_REJECTIONS = TypeAdapter(tuple[Rejected, ...])


@dataclass(frozen=True)
class Waiting:
    """A job that has not ended, and the collection that it is about."""

    id: str
    collection: str


class JobStore:
    """The jobs of a home, for any number of threads and processes.

    The file is made with the first job. Everything raises StorageError where it cannot be used.
    """

    def __init__(self, path: Path) -> None:
        """Keep jobs at ``path``; nothing is opened yet."""
        self._file = SqliteFile(path, _SCHEMA, _SCHEMA_VERSION, "The list of jobs")

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        self._file.close()

    def add(
        self,
        job_id: str,
        collection: str,
        asked: ImportAsked | EvaluationAsked,
        progress: Progress,
    ) -> Job:
        """Put a job into the queue; it is there to stay when this returns."""
        kind: JobKind = "import" if isinstance(asked, ImportAsked) else "evaluation"
        stated, start = _dumped(_ASKED[kind], asked), _dumped(_PROGRESS, progress)
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT INTO jobs (id, kind, collection, state, created_at, asked, progress)"
                " VALUES (?, ?, ?, 'queued', ?, ?, ?)",
                (job_id, kind, collection, _now(), stated, start),
            )
        job = self.get(job_id)
        assert job is not None
        return job

    def get(self, job_id: str, *, rejections: bool = False) -> Job | None:
        """Return a job, with its rejections if they are wanted; None where there is none."""
        columns = f"{_COLUMNS}, rejections" if rejections else _COLUMNS
        rows = self._file.rows(f"SELECT {columns} FROM jobs WHERE id = ?", job_id)
        return _job(rows[0]) if rows else None

    def newest(
        self,
        limit: int,
        after: str | None = None,
        collections: Collection[str] | None = None,
        kind: JobKind | None = None,
    ) -> list[Job] | None:
        """Return jobs without their rejections, the newest first.

        Args:
            limit: how many at most.
            after: only jobs older than this one; the result is None where there is none such.
            collections: only jobs of these; default: of all.
            kind: only jobs of this kind; default: of all.
        """
        number = 2**62
        if after is not None:
            found = self._file.rows("SELECT number FROM jobs WHERE id = ?", after)
            if not found:
                return None
            number = found[0][0]
        names = sorted(collections or ())
        among = "" if collections is None else f" AND collection IN ({', '.join('?' * len(names))})"
        kinds = () if kind is None else (kind,)
        among += " AND kind = ?" * len(kinds)
        query = f"SELECT {_COLUMNS} FROM jobs WHERE number < ?{among} ORDER BY number DESC LIMIT ?"
        return [_job(row) for row in self._file.rows(query, number, *names, *kinds, limit)]

    def unended(self, kind: JobKind) -> list[Waiting]:
        """Return which jobs of a kind are queued or running, the oldest first."""
        # Not all of them, which is looked at again and again and may be large.
        query = f"SELECT id, collection FROM jobs WHERE {_OPEN} AND kind = ? ORDER BY number"
        return [Waiting(*row) for row in self._file.rows(query, kind)]

    def count_unended(self) -> int:
        """Return how many jobs are queued or running."""
        rows = self._file.rows(f"SELECT count(*) FROM jobs WHERE {_OPEN}")
        return int(rows[0][0]) if rows else 0

    def claim(self, job_id: str) -> Job | None:
        """Set a job running; the caller holds its lock.

        Returns:
            The job; None when it has ended, was cancelled, or was started too often in vain.
        """
        with self._file.transaction() as connection:
            query = f"SELECT cancelling, starts FROM jobs WHERE id = ? AND {_OPEN}"
            found = connection.execute(query, (job_id,)).fetchone()
            if found is None:
                return None
            cancelling, starts = found
            if cancelling:
                _end(connection, job_id, "cancelled")
                return None
            if starts >= MOST_STARTS:
                error = f"The server ended {starts} times while this job ran."
                _end(connection, job_id, "failed", error=error)
                return None
            connection.execute(
                "UPDATE jobs SET state = 'running', started_at = coalesce(started_at, ?),"
                " starts = starts + 1, rejections = '[]' WHERE id = ?",
                (_now(), job_id),
            )
        return self.get(job_id)

    def note(self, job_id: str, progress: Progress, rejections: Sequence[Rejected]) -> None:
        """Keep how far a running job is."""
        stored = progress.added + progress.updated > 0
        values = (
            _dumped(_PROGRESS, progress),
            _dumped(_REJECTIONS, tuple(rejections)),
            0 if stored else None,
        )
        with self._file.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET progress = ?, rejections = ?, starts = coalesce(?, starts)"
                " WHERE id = ? AND state = 'running'",
                (*values, job_id),
            )

    def requeue(self, job_id: str) -> None:
        """Put a running job back to the others that wait; it keeps its place among them."""
        with self._file.transaction() as connection:
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
        """Let a running job be over."""
        with self._file.transaction() as connection:
            _end(connection, job_id, state, result, error)

    def cancel(self, job_id: str) -> Job | None:
        """Cancel a job at once if it waits; if it runs, ask for that. None where there is none."""
        with self._file.transaction() as connection:
            connection.execute(
                f"UPDATE jobs SET cancelling = 1 WHERE id = ? AND {_OPEN}", (job_id,)
            )
            query = "SELECT 1 FROM jobs WHERE id = ? AND state = 'queued'"
            if connection.execute(query, (job_id,)).fetchone():
                _end(connection, job_id, "cancelled")
        return self.get(job_id, rejections=True)

    def is_cancelling(self, job_id: str) -> bool:
        """Tell whether a job is to be cancelled."""
        rows = self._file.rows("SELECT cancelling FROM jobs WHERE id = ?", job_id)
        return bool(rows and rows[0][0])

    def forget_oldest(self) -> None:
        """Remove ended jobs beyond :data:`MOST_KEPT`."""
        with self._file.transaction() as connection:
            connection.execute(
                f"DELETE FROM jobs WHERE NOT {_OPEN} AND number <= (SELECT number FROM jobs"
                " ORDER BY number DESC LIMIT 1 OFFSET ?)",
                (MOST_KEPT,),
            )

    @property
    def is_empty(self) -> bool:
        """Whether there never was a job."""
        return not self._file.is_there


def new_id() -> str:
    """Return a name that no other job has."""
    return uuid.uuid4().hex


def _end(
    connection: sqlite3.Connection,
    job_id: str,
    state: JobState,
    result: ImportResult | EvaluationResult | None = None,
    error: str | None = None,
) -> None:
    assert state in ENDED
    kind: JobKind = "import" if isinstance(result, ImportResult) else "evaluation"
    connection.execute(
        f"UPDATE jobs SET state = ?, ended_at = ?, result = ?, error = ? WHERE id = ? AND {_OPEN}",
        (state, _now(), result and _dumped(_RESULT[kind], result), error, job_id),
    )


def _job(row: tuple[Any, ...]) -> Job:
    job_id, kind, collection, state, created, started, ended = row[:7]
    asked, progress, result, error, *rejections = row[7:]
    return Job(
        job_id,
        kind,
        collection,
        state,
        datetime.fromisoformat(created),
        started and datetime.fromisoformat(started),
        ended and datetime.fromisoformat(ended),
        _ASKED[kind].validate_json(asked),
        _PROGRESS.validate_json(progress),
        result and _RESULT[kind].validate_json(result),
        _REJECTIONS.validate_json(rejections[0]) if rejections else (),
        error,
    )


def _dumped(adapter: TypeAdapter[Value], value: Value) -> str:
    return adapter.dump_json(value).decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
