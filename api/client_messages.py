"""What the client sends, and how it reads what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from http import HTTPStatus
from typing import Any, Literal, TypedDict, TypeVar
from urllib.parse import quote

import httpx

from rag.article import Article
from rag.citation import Citation
from rag.cut import Cut
from rag.hit import Evidence, Hit, OtherPlace, SearchResult

Record = TypeVar("Record")

_REPEATABLE = ("GET", "HEAD", "PUT", "DELETE", "OPTIONS")

_LONGEST_WAIT_S = 30.0
"""Seconds that a busy service may have a caller wait before a further try."""


class TamnguApiError(Exception):
    """The service refused a request, or could not be reached.

    Attributes:
        status: of HTTP; 0 where there was no answer.
        title: the status in words.
        detail: one sentence.
    """

    def __init__(self, status: int, title: str, detail: str) -> None:
        """Take what the problem body says."""
        super().__init__(f"{status} {title}: {detail}" if status else f"{title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail


@dataclass(frozen=True)
class Answer:
    """What :class:`rag.answer.Answer` is, without what it takes to make one."""

    question: str
    language: str
    answer: str
    abstained: bool
    confidence: float
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    took_ms: float
    written_by: str | None = None
    notice: str | None = None


class Conditions(TypedDict, total=False):
    """What narrows a question; see :class:`api.requests.QuestionRequest`."""

    collection: str | None
    k: int
    language: str | None
    languages: Sequence[str] | None
    prefer: Literal["own"] | None
    sources: Sequence[str] | None
    tags: Sequence[str] | None
    published_from: date | str | None
    published_to: date | str | None
    article_ids: Sequence[str] | None


class SearchConditions(Conditions, total=False):
    """See :class:`api.requests.SearchRequest`."""

    copies: bool


class AskConditions(Conditions, total=False):
    """See :class:`api.requests.AskRequest`."""

    abstain_below: float | None


@dataclass(frozen=True)
class Call:
    """A request.

    Attributes:
        method: of HTTP.
        path: below the service's address.
        json: the body, None for none.
        params: the query.
        repeatable: whether doing it twice is doing it once.
    """

    method: str
    path: str
    json: object = None
    params: dict[str, Any] | None = None
    repeatable: bool = True

    @classmethod
    def of(
        cls,
        method: str,
        path: str,
        json: object,
        params: dict[str, Any] | None,
        repeatable: bool | None,
    ) -> Call:
        """Return a call; what its method says decides where nobody says whether to repeat it."""
        method = method.upper()
        again = method in _REPEATABLE if repeatable is None else repeatable
        return cls(method, path, json, params, again)


def search_call(question: str, conditions: SearchConditions, collection: str | None) -> Call:
    """Return the call of a search."""
    return Call("POST", "/v1/search", _body(question, conditions, collection))


def ask_call(question: str, conditions: AskConditions, collection: str | None) -> Call:
    """Return the call of a question."""
    return Call("POST", "/v1/ask", _body(question, conditions, collection))


def article_call(article_id: str, collection: str | None) -> Call:
    """Return the call for an article.

    >>> article_call("../a b", None).path
    '/v1/articles/%2E%2E%2Fa%20b'
    """
    # Dots too: paths with segments of nothing else are rewritten on their way.
    named = quote(article_id, safe="").replace(".", "%2E")
    params = {"collection": collection} if collection else None
    return Call("GET", f"/v1/articles/{named}", params=params)


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


def content_of(response: httpx.Response) -> Any:  # noqa: ANN401
    """Return the JSON of a response, None where it has no body.

    Raises:
        TamnguApiError: it is an error, or no JSON.
    """
    try:
        content = response.json() if response.content else None
    except ValueError:
        content = None
        if response.is_success:
            raise _strange(response.status_code) from None
    if response.is_success:
        return content
    said = content if isinstance(content, dict) else {}
    title = said.get("title") or response.reason_phrase or "Error"
    detail = said.get("detail") or f"The service answered {response.status_code}."
    raise TamnguApiError(response.status_code, str(title), str(detail))


def seconds_to_wait(call: Call, response: httpx.Response, tries_left: int) -> float | None:
    """Return after how many seconds to try again, None where that is of no use."""
    if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE or not call.repeatable:
        return None
    stated = response.headers.get("Retry-After", "")
    # Without the field it is no matter of waiting: a collection is damaged, or a proxy speaks.
    if not tries_left or not stated.isdecimal():
        return None
    return min(float(stated), _LONGEST_WAIT_S)


def unreachable(error: httpx.HTTPError) -> TamnguApiError:
    """Return the error of a service that does not answer."""
    title = "Timeout" if isinstance(error, httpx.TimeoutException) else "Unreachable"
    return TamnguApiError(0, title, f"The service does not answer: {error or type(error).__name__}")


def _body(question: str, conditions: Mapping[str, object], collection: str | None) -> object:
    given = {"collection": collection, **conditions}
    if given["collection"] is None:
        given["collection"] = collection
    body: dict[str, object] = {"question": question}
    for name, value in given.items():
        if isinstance(value, date):
            body[name] = value.isoformat()
        elif value is not None:
            body[name] = value
    return body


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
        raise _strange(HTTPStatus.OK) from None


def _strange(status: int) -> TamnguApiError:
    return TamnguApiError(
        status, "Not understood", "This is no answer of Tamngu; look at the address."
    )
