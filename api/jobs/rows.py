"""Jobs as rows of the SQLite table that keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from tamngu.records.job import (
    EvaluationAsked,
    EvaluationResult,
    ImportAsked,
    ImportResult,
    Job,
    JobKind,
    Progress,
)
from tamngu.records.rejection import Rejection

SCHEMA_VERSION = 1

SCHEMA = """
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

COLUMNS = (
    "id, kind, collection, state, created_at, started_at, ended_at, asked, progress, result, error"
)
"""The columns that :func:`job_of_row` reads, in their order; ``rejections`` may follow."""

_ASKED: Mapping[JobKind, TypeAdapter[Any]] = {
    "import": TypeAdapter(ImportAsked),
    "evaluation": TypeAdapter(EvaluationAsked),
}
_RESULT: Mapping[JobKind, TypeAdapter[Any]] = {
    "import": TypeAdapter(ImportResult),
    "evaluation": TypeAdapter(EvaluationResult),
}
_PROGRESS = TypeAdapter(Progress)
_REJECTIONS = TypeAdapter(tuple[Rejection, ...])


def job_of_row(row: tuple[Any, ...]) -> Job:
    """Return the job of a row of :data:`COLUMNS`."""
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


def kind_of(value: ImportAsked | ImportResult | EvaluationAsked | EvaluationResult) -> JobKind:
    """Return the kind of the jobs that have such a value."""
    return "import" if isinstance(value, ImportAsked | ImportResult) else "evaluation"


def asked_json(asked: ImportAsked | EvaluationAsked) -> str:
    """Return the value of the column ``asked``."""
    return _ASKED[kind_of(asked)].dump_json(asked).decode()


def result_json(result: ImportResult | EvaluationResult | None) -> str | None:
    """Return the value of the column ``result``."""
    return None if result is None else _RESULT[kind_of(result)].dump_json(result).decode()


def progress_json(progress: Progress) -> str:
    """Return the value of the column ``progress``."""
    return _PROGRESS.dump_json(progress).decode()


def rejections_json(rejections: Sequence[Rejection]) -> str:
    """Return the value of the column ``rejections``."""
    return _REJECTIONS.dump_json(tuple(rejections)).decode()


def now() -> str:
    """Return the present time as the columns have it: ISO 8601, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
