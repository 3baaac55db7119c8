"""Jobs: work that goes on after its request was answered, and outlives the process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from rag.readers import Reading
from tamngu.records.request import Ranking

JobKind = Literal["import", "evaluation"]

KINDS: tuple[JobKind, ...] = get_args(JobKind)

JobState = Literal["queued", "running", "done", "failed", "cancelled"]

ENDED: frozenset[JobState] = frozenset({"done", "failed", "cancelled"})
"""States that a job never leaves."""

MOST_REJECTIONS = 1000
"""Rejections of one job that are kept; the others are only counted."""


@dataclass(frozen=True)
class ImportAsked:
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
class EvaluationAsked:
    """What an evaluation was asked for.

    Attributes:
        name: of the gold set, as its run says it.
        questions: how many.
        ranking: what passages are ordered by.
    """

    name: str
    questions: int
    ranking: Ranking


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        done: of ``total``.
        total: bytes of the uploaded files, pages that are known of, or questions.
        unit: which of the three.
        added: articles stored that were not there.
        updated: articles stored that had changed.
        unchanged: articles that were there with the same content.
        rejected: what could not be taken.
    """

    done: int = 0
    total: int = 0
    unit: Literal["bytes", "pages", "questions"] = "bytes"
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class ImportResult:
    """What an import that ran to its end did; see :class:`rag.ingestion.pipeline.IngestReport`.

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
class EvaluationResult:
    """What an evaluation found.

    Attributes:
        figures: those of ``tamngu eval run --json``.
        took_s: for all questions.
    """

    figures: Mapping[str, Any]
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
        collection: where to, or which is asked.
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
    kind: JobKind
    collection: str
    state: JobState
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    asked: ImportAsked | EvaluationAsked
    progress: Progress
    result: ImportResult | EvaluationResult | None = None
    rejections: tuple[Rejected, ...] = ()
    error: str | None = None
