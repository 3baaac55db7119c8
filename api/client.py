"""A client of the service, for programs in Python; it needs httpx and nothing heavier.

with TamnguClient("http://127.0.0.1:8000") as tamngu:
    print(tamngu.ask("Việt Nam gia nhập ASEAN năm nào?").answer)
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Self, Unpack

import anyio
import httpx

from api.client_messages import (
    Answer,
    AskConditions,
    Call,
    SearchConditions,
    TamnguApiError,
    answer_of,
    article_call,
    article_of,
    ask_call,
    content_of,
    found_of,
    search_call,
    seconds_to_wait,
    unreachable,
)
from rag.article import Article
from rag.hit import SearchResult

__all__ = ["Answer", "AsyncTamnguClient", "TamnguApiError", "TamnguClient"]

DEFAULT_ADDRESS = "http://127.0.0.1:8000"

TIMEOUT_S = 60.0

RETRIES = 3
"""How often what met a busy service is tried again."""


class TamnguClient:
    """The service, as functions; any number of threads may use one at once.

    Every method raises :class:`TamnguApiError` where the service refuses, or cannot be reached.
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
        self._http = httpx.Client(base_url=address, headers=_headers(api_key), timeout=timeout)

    def search(self, question: str, **conditions: Unpack[SearchConditions]) -> SearchResult:
        """Return the best passages for a question; for the conditions see the service."""
        return found_of(self._send(search_call(question, conditions, self._collection)))

    def ask(self, question: str, **conditions: Unpack[AskConditions]) -> Answer:
        """Return the answer to a question; for the conditions see the service."""
        return answer_of(self._send(ask_call(question, conditions, self._collection)))

    def article(self, article_id: str, *, collection: str | None = None) -> Article:
        """Return a whole article."""
        return article_of(self._send(article_call(article_id, collection or self._collection)))

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: dict[str, Any] | None = None,
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
        return self._send(Call.of(method, path, json, params, repeatable))

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

    def _send(self, call: Call) -> Any:  # noqa: ANN401
        for tried in range(self._retries + 1):
            try:
                response = self._http.request(
                    call.method, call.path, json=call.json, params=call.params
                )
            except httpx.HTTPError as error:
                raise unreachable(error) from error
            wait_s = seconds_to_wait(call, response, self._retries - tried)
            if wait_s is None:
                break
            time.sleep(wait_s)
        return content_of(response)


class AsyncTamnguClient:
    """What :class:`TamnguClient` is, for one event loop; arguments and errors are its."""

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        *,
        api_key: str | None = None,
        collection: str | None = None,
        timeout: float = TIMEOUT_S,
        retries: int = RETRIES,
    ) -> None:
        """Speak to the service at an address; see :class:`TamnguClient`."""
        self._collection = collection
        self._retries = retries
        self._http = httpx.AsyncClient(base_url=address, headers=_headers(api_key), timeout=timeout)

    async def search(self, question: str, **conditions: Unpack[SearchConditions]) -> SearchResult:
        """Return the best passages for a question."""
        return found_of(await self._send(search_call(question, conditions, self._collection)))

    async def ask(self, question: str, **conditions: Unpack[AskConditions]) -> Answer:
        """Return the answer to a question."""
        return answer_of(await self._send(ask_call(question, conditions, self._collection)))

    async def article(self, article_id: str, *, collection: str | None = None) -> Article:
        """Return a whole article."""
        call = article_call(article_id, collection or self._collection)
        return article_of(await self._send(call))

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        params: dict[str, Any] | None = None,
        repeatable: bool | None = None,
    ) -> Any:  # noqa: ANN401
        """Return what the service answers to any request, None for an empty answer."""
        return await self._send(Call.of(method, path, json, params, repeatable))

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

    async def _send(self, call: Call) -> Any:  # noqa: ANN401
        for tried in range(self._retries + 1):
            try:
                response = await self._http.request(
                    call.method, call.path, json=call.json, params=call.params
                )
            except httpx.HTTPError as error:
                raise unreachable(error) from error
            wait_s = seconds_to_wait(call, response, self._retries - tried)
            if wait_s is None:
                break
            await anyio.sleep(wait_s)
        return content_of(response)


def _headers(api_key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {api_key}"} if api_key else {}
