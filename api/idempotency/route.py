"""A write that a client repeats is done once, and gets the same response again.

The header ``Idempotency-Key`` is that of draft-ietf-httpapi-idempotency-key-header: the client
chooses a new key for each write, and sends the same key when it repeats the write.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from api.auth.scopes import key_of
from api.idempotency.store import IdempotencyStore, StoredResponse
from api.middleware.size_limit import STREAMED
from rag.errors import ClusterUnavailable, StorageError

HEADER = "idempotency-key"

_MAX_KEY_CHARACTERS = 255

_STORED_HEADERS = ("content-type", "location", "etag")

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_LOG = logging.getLogger("tamngu.api")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """A route that does a request with an ``Idempotency-Key`` once.

    Only responses to successful requests are stored. A request that was refused has changed
    nothing, so a corrected one may be sent with the same key.
    """

    def get_route_handler(self) -> Handler:
        """Return the handler."""
        handle = super().get_route_handler()
        if not _WRITES.intersection(self.methods or ()):
            return handle

        async def handle_once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None:
                return await handle(request)
            if not 0 < len(key) <= _MAX_KEY_CHARACTERS:
                raise HTTPException(
                    422, f"An Idempotency-Key has 1 to {_MAX_KEY_CHARACTERS} characters"
                )
            store: IdempotencyStore = request.app.state.service.idempotency
            return await _once(store, _name(request, key), request, handle)

        return handle_once


async def _once(store: IdempotencyStore, name: str, request: Request, handle: Handler) -> Response:
    stored = await run_in_threadpool(store.begin, name)
    if stored is not None:
        if stored.fingerprint != await _fingerprint(request):
            raise HTTPException(422, "This Idempotency-Key was used for another request")
        headers = {**stored.headers, "Idempotency-Replayed": "true"}
        return Response(stored.body, stored.status, headers)
    try:
        fingerprint = await _fingerprint(request)
        response = await handle(request)
    except Exception:
        # A cancelled request is not released, because its write may have begun. Once this process
        # has ended, the request may be done again.
        await run_in_threadpool(_release, store, name)
        raise
    headers = {each: response.headers[each] for each in _STORED_HEADERS if each in response.headers}
    done = StoredResponse(fingerprint, response.status_code, headers, bytes(response.body))
    try:
        await run_in_threadpool(store.finish, name, done)
    except (ClusterUnavailable, StorageError) as error:
        # The write is done, so the response stands. A repeated request would do the write again.
        _LOG.warning("%s", error)
    return response


def _release(store: IdempotencyStore, name: str) -> None:
    try:
        store.release(name)
    except (ClusterUnavailable, StorageError) as error:
        _LOG.warning("%s", error)


def _name(request: Request, idempotency_key: str) -> str:
    """Return the name of a request in the store; clients with different API keys share none."""
    api_key = key_of(request)
    owner = api_key.id if api_key is not None else ""
    return hashlib.sha256(f"{owner}\n{idempotency_key}".encode()).hexdigest()


async def _fingerprint(request: Request) -> str:
    """Return a hash of a request's method, URL, conditional headers and body.

    Of an upload only the length is hashed: clients choose a new multipart boundary for each try, so
    the bytes differ.
    """
    conditions = [request.headers.get(name, "") for name in ("if-match", "if-none-match")]
    place = f"{request.url.path}?{request.url.query}"
    digest = hashlib.sha256("\n".join([f"{request.method} {place}", *conditions, ""]).encode())
    if request.url.path in STREAMED:
        # An upload would not fit into memory either.
        length = request.headers.get("content-length")
        if length is None:
            raise HTTPException(422, "An upload with an Idempotency-Key needs a Content-Length")
        digest.update(length.encode())
    else:
        try:
            digest.update(await request.body())
        except ClientDisconnect:
            raise HTTPException(400, "The request was cut off") from None
    return digest.hexdigest()
