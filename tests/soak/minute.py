"""The figures of one minute, and the file that keeps them."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOGS = ("catalog", "jobs", "keys", "idempotency")
"""The databases of a home, each with a write-ahead log."""


@dataclass(frozen=True)
class Minute:
    """What was seen in a minute.

    Attributes:
        run: number of the run; each begins with a new server process.
        minute: number of the minute, in all runs.
        searches: that were answered.
        p50_ms: median of the milliseconds until an answer.
        p95_ms: 95 of 100 answers took less.
        writes: articles that were sent.
        deletes: articles that were deleted.
        imports: that have ended.
        busy: writes that were refused with 503, because an import held the collection for longer
            than a request waits.
        faults: responses of a status that was not expected.
        server_mb: resident memory of the server, with what it has mapped of files: the median of
            the minute's seconds.
        own_mb: the part of it that is no file's.
        readers_mb: most resident memory of its readers; what they share counts for each.
        handles: most files, sockets and pipes that the server had open.
        threads: most threads that it had.
        catalog_kb: most that the write-ahead log of the catalog held.
        jobs_kb: that of the jobs.
        keys_kb: that of the keys.
        idempotency_kb: that of the repeated requests.
        catalog_begun: how often the log has begun anew, because all of it was in the database.
        jobs_begun: the same of the jobs.
        keys_begun: the same of the keys.
        idempotency_begun: the same of the repeated requests.
        slowdown: how many times as long as alone something took to compute, because other programs
            had the processors; 1 where it was not measured.
    """

    run: int
    minute: int
    searches: int
    p50_ms: float
    p95_ms: float
    writes: int
    deletes: int
    imports: int
    busy: int
    faults: int
    server_mb: float
    own_mb: float
    readers_mb: float
    handles: int
    threads: int
    catalog_kb: int
    jobs_kb: int
    keys_kb: int
    idempotency_kb: int
    catalog_begun: int
    jobs_begun: int
    keys_begun: int
    idempotency_begun: int
    slowdown: float = 1.0


_FIELDS = dataclasses.fields(Minute)


def read_minutes(path: Path) -> list[Minute]:
    """Return the minutes of a file; none if there is no file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    floats = {field.name for field in _FIELDS if field.type == "float"}
    kept: list[Minute] = []
    for row in rows:
        values: dict[str, Any] = {
            name: float(text) if name in floats else int(text) for name, text in row.items()
        }
        kept.append(Minute(**values))
    return kept


def write_minutes(path: Path, minutes: Sequence[Minute]) -> None:
    """Write all minutes to a file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in _FIELDS])
        writer.writeheader()
        writer.writerows(map(dataclasses.asdict, minutes))
