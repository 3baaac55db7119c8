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
from tamngu.client.calls import ArticleFields, AskConditions, Call, SearchConditions
from tamngu.client.records import ArticleSummary, Job, WriteReport
from tamngu.client.responses import UNSENT, request_of, result_of, seconds_to_wait, unreachable
from tamngu.records.answer import Answer
from tamngu.records.article import Article
from tamngu.records.hit import SearchResult

DEFAULT_ADDRESS = "http://127.0.0.1:8000"

TIMEOUT_S = 60.0

RETRIES = 3
"""How often what met a busy service is tried again."""

PAGE = 200
"""Articles that are asked for at once."""

LOOK_S = 0.5
"""Seconds between looks at a job that is waited for."""

Result = TypeVar("Result")


class AsyncTamnguClient:
    """What :class:`tamngu.client.client.TamnguClient` is, for one event loop.

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
        """Speak to the service at an address; see :class:`tamngu.client.client.TamnguClient`."""
        self._collection = collection
        self._retries = retries
        self._http = httpx.AsyncClient(
            base_url=address, headers=headers_of(api_key), timeout=timeout
        )

    async def search(self, question: str, **conditions: Unpack[SearchConditions]) -> SearchResult:
        """Return the best passages for a question."""
        return await self._send(calls.search_call(question, conditions, self._collection))

    async def ask(self, question: str, **conditions: Unpack[AskConditions]) -> Answer:
        """Return the answer to a question."""
        return await self._send(calls.ask_call(question, conditions, self._collection))

    async def article(self, article_id: str, *, collection: str | None = None) -> Article:
        """Return a whole article."""
        return await self._send(calls.article_call(article_id, collection or self._collection))

    async def articles(self, *, collection: str | None = None) -> AsyncIterator[ArticleSummary]:
        """Yield all articles without their texts, in the order of their ids."""
        after: str | None = ""
        while after is not None:
            call = calls.articles_call(after, PAGE, collection or self._collection)
            page = await self._send(call)
            for article in page.articles:
                yield article
            after = page.next

    async def put_article(
        self, text: str, *, collection: str | None = None, **fields: Unpack[ArticleFields]
    ) -> WriteReport:
        """Bring an article in; it is findable when this returns."""
        return await self._send(calls.put_call(text, fields, collection or self._collection))

    async def put_articles(
        self, articles: Iterable[Mapping[str, Any]], *, collection: str | None = None
    ) -> WriteReport:
        """Bring articles in, all or none; each has ``text`` and what else is known of it."""
        return await self._send(calls.put_many_call(articles, collection or self._collection))

    async def delete_article(self, article_id: str, *, collection: str | None = None) -> None:
        """Delete an article."""
        await self._send(calls.delete_call(article_id, collection or self._collection))

    async def import_files(
        self, files: Sequence[str | Path], *, collection: str | None = None
    ) -> Job:
        """Upload files to be imported; the job goes on without its caller."""
        return await self._send(calls.import_files_call(files, collection or self._collection))

    async def import_pages(
        self,
        urls: Sequence[str] = (),
        *,
        feeds: Sequence[str] = (),
        collection: str | None = None,
    ) -> Job:
        """Have pages fetched and imported, and those that feeds and sitemaps name."""
        call = calls.import_pages_call(urls, feeds, collection or self._collection)
        return await self._send(call)

    async def evaluate(
        self,
        questions: Iterable[Mapping[str, Any]],
        *,
        name: str = "questions",
        collection: str | None = None,
    ) -> Job:
        """Have the questions of a gold set asked; the figures are in the job's result."""
        call = calls.evaluation_call(questions, name, collection or self._collection)
        return await self._send(call)

    async def job(self, job_id: str) -> Job:
        """Return a job as it is now."""
        return await self._send(calls.job_call(job_id))

    async def cancel(self, job_id: str) -> Job:
        """Cancel a job; what it has stored stays."""
        return await self._send(calls.cancel_call(job_id))

    async def wait(self, job_id: str) -> Job:
        """Return a job once it has ended."""
        while not (job := await self.job(job_id)).has_ended:
            await anyio.sleep(LOOK_S)
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
        """Return what the service answers to any request, None for an empty answer."""
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


def headers_of(api_key: str | None) -> dict[str, str]:
    """Return the headers of every request.

    Raises:
        ValueError: that cannot be a key.
    """
    key = (api_key or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("The API key has a character that no key has; write it again.")
    return {"Authorization": f"Bearer {key}"} if key else {}
