"""A job: work that goes on after its request was answered, and survives a restart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from tamngu.records.rejection import Rejection
from tamngu.records.request import RankingName

JobKind = Literal["import", "evaluation"]

KINDS: tuple[JobKind, ...] = get_args(JobKind)

JobState = Literal["queued", "running", "done", "failed", "cancelled"]

ENDED: frozenset[JobState] = frozenset({"done", "failed", "cancelled"})
"""States that a job never leaves."""


@dataclass(frozen=True)
class ImportAsked:
    """What an import was asked to do.

    Attributes:
        files: names of the uploaded files, in the order in which they are read.
        urls: of pages, feeds and sitemaps.
        feeds: URLs of feeds and sitemaps only.
        keep_boilerplate: whether menus, notices and the like stay in the texts of pages.
        fields: names that JSON and CSV files use for the fields of an article, by field.
        most: number of pages to fetch from each feed or sitemap.
        delay_s: seconds between two requests to one host.
    """

    files: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    keep_boilerplate: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
    most: int = 1000
    delay_s: float = 1.0


@dataclass(frozen=True)
class EvaluationAsked:
    """What an evaluation was asked to do.

    Attributes:
        name: of the gold set.
        questions: number of questions.
        ranking: how passages are ranked.
    """

    name: str
    questions: int
    ranking: RankingName


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        done: how much of ``total`` is done.
        total: bytes of the uploaded files, pages that are known so far, or questions.
        unit: which of the three.
        added: articles that were new.
        updated: articles that had changed.
        unchanged: articles that were stored already with the same content.
        rejected: files, lines or pages that gave no article.
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
    """The result of an import; the attributes are those of ``IngestReport``.

    If the import was resumed, these are the numbers of its last run, which counts the articles of
    earlier runs as unchanged.
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
    """The result of an evaluation.

    Attributes:
        figures: as ``tamngu eval run --json`` prints them.
        took_s: seconds for all questions.
    """

    figures: Mapping[str, Any]
    took_s: float


@dataclass(frozen=True)
class Job:
    """A job.

    Attributes:
        id: its name in the API.
        kind: what it does.
        collection: the collection that it imports into or evaluates.
        state: queued, running, or how it ended. If the server stops or is killed, the next server
            continues the job.
        created_at: when it was requested, UTC.
        started_at: when it first ran.
        ended_at: when it ended.
        asked: what it was asked to do.
        progress: how far it is, at most half a second old.
        result: of a job that is done.
        rejections: the first thousand; lists and events leave them out.
        error: one sentence, if the job failed.
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
    rejections: tuple[Rejection, ...] = ()
    error: str | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it will not change any more."""
        return self.state in ENDED
