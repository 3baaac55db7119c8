"""What the service answers with, as plain data, and how it is read from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from tamngu.records.answer import Answer
from tamngu.records.article import Article
from tamngu.records.citation import Citation
from tamngu.records.cut import Cut
from tamngu.records.hit import Evidence, Hit, OtherPlace, SearchResult

Record = TypeVar("Record")


class NotUnderstood(ValueError):
    """JSON that is no answer of the service's."""


@dataclass(frozen=True)
class ArticleSummary:
    """What a list shows of an article: all but its text."""

    id: str
    title: str
    language: str
    published_at: str | None = None
    source: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class ArticlePage:
    """Some articles in the order of their ids; ``next`` is where the others begin."""

    articles: tuple[ArticleSummary, ...]
    next: str | None = None


@dataclass(frozen=True)
class WriteReport:
    """What became of articles; see :class:`rag.ingestion.pipeline.IngestReport`."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    took_s: float = 0.0


@dataclass(frozen=True)
class Job:
    """Work that goes on after its request; see :class:`api.jobs.job.Job`."""

    id: str
    kind: str
    collection: str
    state: str
    created_at: str
    ended_at: str | None = None
    progress: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] | None = None
    rejections: tuple[Mapping[str, str], ...] = ()
    error: str | None = None

    @property
    def has_ended(self) -> bool:
        """Whether it will not change any more."""
        return self.ended_at is not None


def found_of(content: Any) -> SearchResult:  # noqa: ANN401
    """Read the result of a search."""
    return _read(SearchResult, content, hits=_hits(content))


def answer_of(content: Any) -> Answer:  # noqa: ANN401
    """Read an answer."""
    cited = tuple(_read(Citation, each) for each in _list(content, "citations"))
    return _read(Answer, content, citations=cited, hits=_hits(content))


def article_of(content: Any) -> Article:  # noqa: ANN401
    """Read an article."""
    lists = {name: tuple(_list(content, name)) for name in ("authors", "tags", "pages")}
    cut = tuple(_read(Cut, each) for each in _list(content, "cut"))
    return _read(Article, content, **lists, cut=cut)


def page_of(content: Any) -> ArticlePage:  # noqa: ANN401
    """Read a page of a list of articles."""
    articles = tuple(_read(ArticleSummary, each) for each in _list(content, "articles"))
    return _read(ArticlePage, content, articles=articles)


def report_of(content: Any) -> WriteReport:  # noqa: ANN401
    """Read what became of articles."""
    return _read(WriteReport, content)


def job_of(content: Any) -> Job:  # noqa: ANN401
    """Read a job."""
    return _read(Job, content, rejections=tuple(_list(content, "rejections")))


def _hits(content: Any) -> tuple[Hit, ...]:  # noqa: ANN401
    return tuple(
        _read(
            Hit,
            each,
            evidence=tuple(_read(Evidence, sentence) for sentence in _list(each, "evidence")),
            also_at=tuple(_read(OtherPlace, place) for place in _list(each, "also_at")),
        )
        for each in _list(content, "hits")
    )


def _list(content: Any, name: str) -> list[Any]:  # noqa: ANN401
    found = content.get(name) if isinstance(content, dict) else None
    return found if isinstance(found, list) else []


def _read(kind: type[Record], content: Any, **parts: object) -> Record:  # noqa: ANN401
    """Make a record of what is known of it; a newer service may say more."""
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    said = content if isinstance(content, dict) else {}
    try:
        return kind(**{name: said[name] for name in known & said.keys()} | parts)
    except TypeError:
        raise NotUnderstood from None
