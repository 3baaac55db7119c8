"""The client of the service for programs that run in an event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

import anyio
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


class AsyncClient:
    """The methods of :class:`tamngu.client.Client`, as coroutines of one event loop.

    ``articles`` is an asynchronous iterator.
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
        """Prepare a client; the arguments are those of :class:`tamngu.client.Client`."""
        self._collection = collection
        self._retries = retries
        self._http = httpx.AsyncClient(
            base_url=address, headers=headers_of(api_key), timeout=timeout
        )

    async def search(
        self, request: SearchRequest | str, *, collection: str | None = None
    ) -> SearchResult:
        """Return the best passages for a question."""
        return await self._send(calls.search_call(request, collection or self._collection))

    async def ask(self, request: AskRequest | str, *, collection: str | None = None) -> Answer:
        """Return the answer to a question."""
        return await self._send(calls.ask_call(request, collection or self._collection))

    async def article(self, article_id: str, *, collection: str | None = None) -> Article:
        """Return a whole article."""
        return await self._send(calls.article_call(article_id, collection or self._collection))

    async def articles(self, *, collection: str | None = None) -> AsyncIterator[ArticleSummary]:
        """Yield all articles without their texts, in the order of their ids."""
        after: str | None = ""
        while after is not None:
            call = calls.articles_call(after, PAGE_SIZE, collection or self._collection)
            page = await self._send(call)
            for article in page.articles:
                yield article
            after = page.next

    async def put_article(
        self, text: str, *, collection: str | None = None, **fields: Unpack[ArticleFields]
    ) -> IngestReport:
        """Store an article; it can be found when this returns."""
        return await self._send(calls.put_call(text, fields, collection or self._collection))

    async def put_articles(
        self, articles: Iterable[Mapping[str, Any]], *, collection: str | None = None
    ) -> IngestReport:
        """Store all of the articles or none; each has ``text`` and may have other fields."""
        return await self._send(calls.put_many_call(articles, collection or self._collection))

    async def delete_article(self, article_id: str, *, collection: str | None = None) -> None:
        """Delete an article."""
        await self._send(calls.delete_call(article_id, collection or self._collection))

    async def edit_article(
        self, article_id: str, *, collection: str | None = None, **changes: Unpack[ArticleChanges]
    ) -> Article:
        """Change what is known about an article, and return it; None removes a value."""
        return await self._send(
            calls.edit_call(article_id, changes, collection or self._collection)
        )

    async def restore_articles(
        self, article_ids: Iterable[str], *, collection: str | None = None
    ) -> list[str]:
        """Restore deleted articles; return the ids of those that were restored."""
        return await self._send(calls.restore_call(article_ids, collection or self._collection))

    async def give_feedback(
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
        return await self._send(calls.feedback_call(fields, collection or self._collection))

    async def save_question(
        self, question: str, *, collection: str | None = None, **conditions: object
    ) -> SavedQuestion:
        """Save a question; new articles that answer it are alerts.

        Args:
            question: in any language.
            collection: whose articles are looked through.
            conditions: ``language``, ``languages``, ``sources``, ``tags``.
        """
        fields = {"question": question, **conditions}
        return await self._send(calls.save_question_call(fields, collection or self._collection))

    async def alerts(self, *, unseen: bool = False) -> list[Alert]:
        """Return new articles that answer saved questions, those found last first."""
        return await self._send(calls.alerts_call(unseen=unseen))

    async def watch_feed(
        self, url: str, *, every_minutes: int = 60, most: int = 50, collection: str | None = None
    ) -> WatchedFeed:
        """Import the new pages of a feed on a schedule."""
        fields = {"url": url, "every_minutes": every_minutes, "most": most}
        return await self._send(calls.watch_call(fields, collection or self._collection))

    async def facets(self, *, collection: str | None = None, **conditions: object) -> Facets:
        """Count articles by language, source, tag and date.

        Args:
            collection: to count in; default: that of the client, else ``default``.
            conditions: ``language``, ``source``, ``tag`` (texts or lists), ``published_from``,
                ``published_to``, ``by`` and ``limit``.
        """
        name = collection or self._collection or DEFAULT_COLLECTION
        return await self._send(calls.facets_call(conditions, name))

    async def import_files(
        self, files: Sequence[str | Path], *, collection: str | None = None
    ) -> Job:
        """Upload files and import them; the job goes on after this returns."""
        return await self._send(calls.import_files_call(files, collection or self._collection))

    async def import_pages(
        self,
        urls: Sequence[str] = (),
        *,
        feeds: Sequence[str] = (),
        collection: str | None = None,
    ) -> Job:
        """Import web pages, and the pages that feeds and sitemaps name."""
        call = calls.import_pages_call(urls, feeds, collection or self._collection)
        return await self._send(call)

    async def evaluate(
        self,
        questions: Iterable[Mapping[str, Any]],
        *,
        name: str = "questions",
        collection: str | None = None,
    ) -> Job:
        """Ask the questions of a gold set; the figures are in the job's result."""
        call = calls.evaluation_call(questions, name, collection or self._collection)
        return await self._send(call)

    async def job(self, job_id: str) -> Job:
        """Return the present state of a job."""
        return await self._send(calls.job_call(job_id))

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job; what it has stored stays."""
        return await self._send(calls.cancel_call(job_id))

    async def wait(self, job_id: str) -> Job:
        """Wait for the end of a job, and return it."""
        while not (job := await self.job(job_id)).has_ended:
            await anyio.sleep(POLL_S)
        return job

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: Mapping[str, Any] | None = None,
        repeatable: bool | None = None,
    ) -> Any:  # noqa: ANN401
        """Send any request and return the JSON of its response, None for an empty one."""
        return await self._send(calls.any_call(method, path, json, params, repeatable))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _send(self, call: Call[Result]) -> Result:
        for tried in range(self._retries + 1):
            with ExitStack() as open_files:
                try:
                    response = await self._http.request(**request_of(call, open_files))
                except (httpx.HTTPError, *UNSENT) as error:
                    raise unreachable(error) from error
            wait_s = seconds_to_wait(call, response, self._retries - tried)
            if wait_s is None:
                break
            await anyio.sleep(wait_s)
        return result_of(call, response)
