"""The client of programs that wait for each answer."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import httpx

from tamngu.client import calls as calls
from tamngu.client.calls import ArticleChanges, ArticleFields, Call
from tamngu.client.connection import (
    DEFAULT_ADDRESS,
    DEFAULT_COLLECTION,
    PAGE_SIZE,
    POLL_S,
    TIMEOUT_S,
    headers_of,
)
from tamngu.client.responses import UNSENT, request_of, result_of, unreachable
from tamngu.client.retries import RETRIES, seconds_to_wait
from tamngu.records.answer import Answer
from tamngu.records.article import Article
from tamngu.records.article_list import ArticleSummary
from tamngu.records.facets import Facets
from tamngu.records.feedback import Feedback, Verdict
from tamngu.records.hit import SearchResult
from tamngu.records.ingest_report import IngestReport
from tamngu.records.job import Job
from tamngu.records.request import AskRequest, SearchRequest
from tamngu.records.saved_question import Alert, SavedQuestion
from tamngu.records.watched_feed import WatchedFeed

Result = TypeVar("Result")


class Client:
    """The service as methods; any number of threads may use one client.

    Every method raises :class:`ApiError` if the service refuses the request or cannot be reached. A
    call that meets a busy service is tried again. A write is done once, even if it is sent twice.
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
        """Prepare a client of the service at an address; nothing is sent yet.

        Args:
            address: URL without ``/v1``.
            api_key: if the service asks for one.
            collection: used where a call names none; default: the default of the service.
            timeout: seconds to wait for a connection, and for each part of a response.
            retries: how often a call is tried again when the service is busy (503).
        """
        self._collection = collection
        self._retries = retries
        self._http = httpx.Client(base_url=address, headers=headers_of(api_key), timeout=timeout)

    def search(
        self, request: SearchRequest | str, *, collection: str | None = None
    ) -> SearchResult:
        """Return the best passages for a question, or for a request that says more."""
        return self._send(calls.search_call(request, collection or self._collection))

    def ask(self, request: AskRequest | str, *, collection: str | None = None) -> Answer:
        """Return the answer to a question, or to a request that says more."""
        return self._send(calls.ask_call(request, collection or self._collection))

    def article(self, article_id: str, *, collection: str | None = None) -> Article:
        """Return a whole article."""
        return self._send(calls.article_call(article_id, collection or self._collection))

    def articles(self, *, collection: str | None = None) -> Iterator[ArticleSummary]:
        """Yield all articles in the order of their ids, without their texts."""
        after: str | None = ""
        while after is not None:
            page = self._send(calls.articles_call(after, PAGE_SIZE, collection or self._collection))
            yield from page.articles
            after = page.next

    def put_article(
        self, text: str, *, collection: str | None = None, **fields: Unpack[ArticleFields]
    ) -> IngestReport:
        """Store an article; it can be found when this returns."""
        return self._send(calls.put_call(text, fields, collection or self._collection))

    def put_articles(
        self, articles: Iterable[Mapping[str, Any]], *, collection: str | None = None
    ) -> IngestReport:
        """Store all of the articles or none; each has ``text`` and may have other fields."""
        return self._send(calls.put_many_call(articles, collection or self._collection))

    def delete_article(self, article_id: str, *, collection: str | None = None) -> None:
        """Delete an article."""
        self._send(calls.delete_call(article_id, collection or self._collection))

    def edit_article(
        self, article_id: str, *, collection: str | None = None, **changes: Unpack[ArticleChanges]
    ) -> Article:
        """Change what is known about an article, and return it; None removes a value."""
        return self._send(calls.edit_call(article_id, changes, collection or self._collection))

    def restore_articles(
        self, article_ids: Iterable[str], *, collection: str | None = None
    ) -> list[str]:
        """Restore deleted articles; return the ids of those that were restored."""
        return self._send(calls.restore_call(article_ids, collection or self._collection))

    def give_feedback(
        self, question: str, verdict: Verdict, *, collection: str | None = None, **place: object
    ) -> Feedback:
        """Say that a quote is right or wrong, or that another passage is better.

        Args:
            question: as it was asked.
            verdict: what is said.
            collection: that was asked.
            place: ``article_id``, ``start``, ``end``; also ``language`` and ``note``.
        """
        fields = {"question": question, "verdict": verdict, **place}
        return self._send(calls.feedback_call(fields, collection or self._collection))

    def save_question(
        self, question: str, *, collection: str | None = None, **conditions: object
    ) -> SavedQuestion:
        """Save a question; new articles that answer it are alerts.

        Args:
            question: in any language.
            collection: whose articles are looked through.
            conditions: ``language``, ``languages``, ``sources``, ``tags``.
        """
        fields = {"question": question, **conditions}
        return self._send(calls.save_question_call(fields, collection or self._collection))

    def alerts(self, *, unseen: bool = False) -> list[Alert]:
        """Return new articles that answer saved questions, those found last first."""
        return self._send(calls.alerts_call(unseen=unseen))

    def watch_feed(
        self, url: str, *, every_minutes: int = 60, most: int = 50, collection: str | None = None
    ) -> WatchedFeed:
        """Import the new pages of a feed on a schedule."""
        fields = {"url": url, "every_minutes": every_minutes, "most": most}
        return self._send(calls.watch_call(fields, collection or self._collection))

    def facets(self, *, collection: str | None = None, **conditions: object) -> Facets:
        """Count articles by language, source, tag and date.

        Args:
            collection: to count in; default: that of the client, else ``default``.
            conditions: ``language``, ``source``, ``tag`` (texts or lists), ``published_from``,
                ``published_to``, ``by`` and ``limit``.
        """
        name = collection or self._collection or DEFAULT_COLLECTION
        return self._send(calls.facets_call(conditions, name))

    def import_files(self, files: Sequence[str | Path], *, collection: str | None = None) -> Job:
        """Upload files and import them; the job goes on after this returns.

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
        """Import web pages, and the pages that feeds and sitemaps name."""
        return self._send(calls.import_pages_call(urls, feeds, collection or self._collection))

    def evaluate(
        self,
        questions: Iterable[Mapping[str, Any]],
        *,
        name: str = "questions",
        collection: str | None = None,
    ) -> Job:
        """Ask the questions of a gold set; the figures are in the job's result."""
        return self._send(calls.evaluation_call(questions, name, collection or self._collection))

    def job(self, job_id: str) -> Job:
        """Return the present state of a job."""
        return self._send(calls.job_call(job_id))

    def cancel(self, job_id: str) -> Job:
        """Cancel a job; what it has stored stays."""
        return self._send(calls.cancel_call(job_id))

    def wait(self, job_id: str) -> Job:
        """Wait for the end of a job, and return it."""
        while not (job := self.job(job_id)).has_ended:
            time.sleep(POLL_S)
        return job

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, Any] | None = None,
        repeatable: bool | None = None,
    ) -> Any:  # noqa: ANN401 - any JSON
        """Send any request and return the JSON of its response, None for an empty one.

        Args:
            method: of HTTP.
            path: such as ``/v1/collections``.
            json: the body.
            params: the query.
            repeatable: whether it may be sent again if the service is busy; default: yes, except
                for POST and PATCH.
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
