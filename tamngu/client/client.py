"""A client of the service, for programs in Python; it needs httpx and nothing heavier.

with TamnguClient("http://127.0.0.1:8000") as tamngu:
    print(tamngu.ask("Việt Nam gia nhập ASEAN năm nào?").answer)
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import httpx

from tamngu.client import calls as calls
from tamngu.client.async_client import (
    DEFAULT_ADDRESS,
    LOOK_S,
    PAGE,
    RETRIES,
    TIMEOUT_S,
    AsyncTamnguClient,
    headers_of,
)
from tamngu.client.calls import ArticleFields, AskConditions, Call, SearchConditions
from tamngu.client.records import ArticleSummary, Job, WriteReport
from tamngu.client.responses import (
    UNSENT,
    TamnguApiError,
    request_of,
    result_of,
    seconds_to_wait,
    unreachable,
)
from tamngu.records.answer import Answer
from tamngu.records.article import Article
from tamngu.records.hit import SearchResult

__all__ = ["Answer", "AsyncTamnguClient", "Job", "TamnguApiError", "TamnguClient"]

Result = TypeVar("Result")


class TamnguClient:
    """The service, as functions; any number of threads may use one at once.

    Every method raises :class:`TamnguApiError` where the service refuses, or cannot be reached.
    What met a busy service is tried again; a write is done once, however often it is sent.
    """

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        api_key: str | None = None,
        collection: str | None = None,
        timeout: float = TIMEOUT_S,
        retries: int = RETRIES,
    ) -> None:
        """Speak to the service at an address; nothing is sent yet.

        Args:
            address: URL without ``/v1``.
            api_key: where the service wants one.
            collection: asked where a call names none; default: the service's own.
            timeout: seconds to wait for a connection, and for each part of an answer.
            retries: how often a call is tried again when the service is busy (503).
        """
        self._collection = collection
        self._retries = retries
        self._http = httpx.Client(base_url=address, headers=headers_of(api_key), timeout=timeout)

    def search(self, question: str, **conditions: Unpack[SearchConditions]) -> SearchResult:
        """Return the best passages for a question; for the conditions see the service."""
        return self._send(calls.search_call(question, conditions, self._collection))

    def ask(self, question: str, **conditions: Unpack[AskConditions]) -> Answer:
        """Return the answer to a question; for the conditions see the service."""
        return self._send(calls.ask_call(question, conditions, self._collection))

    def article(self, article_id: str, *, collection: str | None = None) -> Article:
        """Return a whole article."""
        return self._send(calls.article_call(article_id, collection or self._collection))

    def articles(self, *, collection: str | None = None) -> Iterator[ArticleSummary]:
        """Yield all articles without their texts, in the order of their ids."""
        after: str | None = ""
        while after is not None:
            page = self._send(calls.articles_call(after, PAGE, collection or self._collection))
            yield from page.articles
            after = page.next

    def put_article(
        self, text: str, *, collection: str | None = None, **fields: Unpack[ArticleFields]
    ) -> WriteReport:
        """Bring an article in; it is findable when this returns."""
        return self._send(calls.put_call(text, fields, collection or self._collection))

    def put_articles(
        self, articles: Iterable[Mapping[str, Any]], *, collection: str | None = None
    ) -> WriteReport:
        """Bring articles in, all or none; each has ``text`` and what else is known of it."""
        return self._send(calls.put_many_call(articles, collection or self._collection))

    def delete_article(self, article_id: str, *, collection: str | None = None) -> None:
        """Delete an article."""
        self._send(calls.delete_call(article_id, collection or self._collection))

    def import_files(self, files: Sequence[str | Path], *, collection: str | None = None) -> Job:
        """Upload files to be imported; the job goes on without its caller.

        Raises:
            OSError: a file cannot be read.
        """
        return self._send(calls.import_files_call(files, collection or self._collection))

    def import_pages(
        self,
        urls: Sequence[str] = (),
        *,
        feeds: Sequence[str] = (),
        collection: str | None = None,
    ) -> Job:
        """Have pages fetched and imported, and those that feeds and sitemaps name."""
        return self._send(calls.import_pages_call(urls, feeds, collection or self._collection))

    def evaluate(
        self,
        questions: Iterable[Mapping[str, Any]],
        *,
        name: str = "questions",
        collection: str | None = None,
    ) -> Job:
        """Have the questions of a gold set asked; the figures are in the job's result."""
        return self._send(calls.evaluation_call(questions, name, collection or self._collection))

    def job(self, job_id: str) -> Job:
        """Return a job as it is now."""
        return self._send(calls.job_call(job_id))

    def cancel(self, job_id: str) -> Job:
        """Cancel a job; what it has stored stays."""
        return self._send(calls.cancel_call(job_id))

    def wait(self, job_id: str) -> Job:
        """Return a job once it has ended."""
        while not (job := self.job(job_id)).has_ended:
            time.sleep(LOOK_S)
        return job

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, Any] | None = None,
        repeatable: bool | None = None,
    ) -> Any:  # noqa: ANN401 - whatever JSON the service answers with
        """Return what the service answers to any request, None for an empty answer.

        Args:
            method: of HTTP.
            path: such as ``/v1/collections``.
            json: the body.
            params: the query.
            repeatable: whether it may be sent again when the service is busy; default: all but
                POST and PATCH.
        """
        return self._send(calls.any_call(method, path, json, params, repeatable))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, call: Call[Result]) -> Result:
        for tried in range(self._retries + 1):
            with ExitStack() as open_files:
                try:
                    response = self._http.request(**request_of(call, open_files))
                except (httpx.HTTPError, *UNSENT) as error:
                    raise unreachable(error) from error
            wait_s = seconds_to_wait(call, response, self._retries - tried)
            if wait_s is None:
                break
            time.sleep(wait_s)
        return result_of(call, response)
