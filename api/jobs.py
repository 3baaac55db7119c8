"""Jobs: work that goes on after its request was answered, and outlives the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from rag.readers import Reading

JobState = Literal["queued", "running", "done", "failed", "cancelled"]

ENDED: frozenset[JobState] = frozenset({"done", "failed", "cancelled"})
"""States that a job never leaves."""

MOST_REJECTIONS = 1000
"""Rejections of one job that are kept; the others are only counted."""


@dataclass(frozen=True)
class Asked:
    """What an import was asked for.

    Attributes:
        files: names of uploaded files, in the order in which they are read.
        urls: of pages, feeds and sitemaps.
        feeds: of feeds and sitemaps only.
        keep_boilerplate: whether what pages put around a story is left in.
        fields: under which name of JSON and CSV a field of an article stands.
        most: pages of each feed or sitemap.
        delay_s: seconds between requests to one host.
    """

    files: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    keep_boilerplate: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    most: int = 1000
    delay_s: float = 1.0

    def reading(self) -> Reading:
        """Return how documents are to be read."""
        return Reading(self.keep_boilerplate, self.fields)


@dataclass(frozen=True)
class Progress:
    """How far an import is.

    Attributes:
        done: of ``total``.
        total: bytes of the uploaded files, or pages that are known of.
        unit: which of the two.
        added: articles stored that were not there.
        updated: articles stored that had changed.
        unchanged: articles that were there with the same content.
        rejected: what could not be taken.
    """

    done: int = 0
    total: int = 0
    unit: Literal["bytes", "pages"] = "bytes"
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class ImportResult:
    """What an import that ran to its end did; see :class:`rag.ingestion.IngestReport`.

    Of one that was resumed it is the last run: what earlier runs stored counts as unchanged.
    """

    added: int
    updated: int
    unchanged: int
    removed: int
    passages: int
    rejected: int
    other_languages: Mapping[str, int]
    took_s: float


@dataclass(frozen=True)
class Rejected:
    """Something that gave no article: where it stands in what was asked for, and why."""

    where: str
    reason: str


@dataclass(frozen=True)
class Job:
    """A job.

    Attributes:
        id: its name in the API.
        kind: what it does.
        collection: where to.
        state: queued, running, or how it ended; a server that stops, or is killed, leaves it to
            the next one, which goes on with it.
        created_at: when it was asked for, UTC.
        started_at: when it first ran.
        ended_at: when it ended.
        asked: what it was asked for.
        progress: how far it is, at most half a second old.
        result: what it did, once it is done.
        rejections: the first :data:`MOST_REJECTIONS`; left out in lists and events.
        error: one sentence, once it has failed.
    """

    id: str
    kind: Literal["import"]
    collection: str
    state: JobState
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    asked: Asked
    progress: Progress
    result: ImportResult | None = None
    rejections: tuple[Rejected, ...] = ()
    error: str | None = None


def without_paths(text: str, home: Path) -> str:
    """Return a message without the place of the server's folder.

    >>> without_paths("Cannot write to /srv/x/jobs.db.", Path("/srv/x"))
    'Cannot write to HOME/jobs.db.'
    """
    for folder in sorted({str(home), str(home.resolve())}, key=len, reverse=True):
        text = text.replace(folder, "HOME")
    return text
