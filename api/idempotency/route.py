"""A write that is sent again is done once: its answer is given again.

The header is that of draft-ietf-httpapi-idempotency-key-header: the client makes up a key for each
thing that it wants done, and sends it with every try.
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
from api.idempotency.store import IdempotencyStore, Remembered
from api.middleware.size_limit import STREAMED
from rag.errors import StorageError

HEADER = "idempotency-key"

_LONGEST = 255
"""Characters of a key."""

_REMEMBERED = ("content-type", "location", "etag")

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_LOG = logging.getLogger("tamngu.api")


class IdempotentRoute(APIRoute):
    """A route that does a request with an ``Idempotency-Key`` once.

    Only what succeeded is remembered: a refused request has changed nothing, and may be sent again
    under its key once it is put right.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()
        if not _WRITES.intersection(self.methods or ()):
            return handle

        async def answered(request: Request) -> Response:
            stated = request.headers.get(HEADER)
            if stated is None:
                return await handle(request)
            if not 0 < len(stated) <= _LONGEST:
                raise HTTPException(422, f"An Idempotency-Key has 1 to {_LONGEST} characters")
            store: IdempotencyStore = request.app.state.service.idempotency
            return await _once(store, _name(request, stated), request, handle)

        return answered


async def _once(
    store: IdempotencyStore,
    name: str,
    request: Request,
    handle: Callable[[Request], Coroutine[Any, Any, Response]],
) -> Response:
    known = await run_in_threadpool(store.begin, name)
    if known is not None:
        if known.fingerprint != await _fingerprint(request):
            raise HTTPException(422, "This Idempotency-Key was used for another request")
        headers = {**known.headers, "Idempotency-Replayed": "true"}
        return Response(known.body, known.status, headers)
    try:
        fingerprint = await _fingerprint(request)
        response = await handle(request)
    except Exception:
        # Not when it is cancelled, for it may have begun: what a process leaves is done anew.
        await run_in_threadpool(_release, store, name)
        raise
    headers = {each: response.headers[each] for each in _REMEMBERED if each in response.headers}
    done = Remembered(fingerprint, response.status_code, headers, bytes(response.body))
    try:
        await run_in_threadpool(store.finish, name, done)
    except StorageError as error:
        # It is done all the same; a second try would do it again.
        _LOG.warning("%s", error)
    return response


def _release(store: IdempotencyStore, name: str) -> None:
    try:
        store.release(name)
    except StorageError as error:
        _LOG.warning("%s", error)


def _name(request: Request, stated: str) -> str:
    """Return what a request is known by; those of another API key are others."""
    key = key_of(request)
    whose = key.id if key is not None else ""
    return hashlib.sha256(f"{whose}\n{stated}".encode()).hexdigest()


async def _fingerprint(request: Request) -> str:
    """Tell requests apart, by their place, their conditions and what they say.

    Of uploads only the length is compared: their bytes differ from try to try, as what parts the
    files is made up each time.
    """
    conditions = [request.headers.get(name, "") for name in ("if-match", "if-none-match")]
    place = f"{request.url.path}?{request.url.query}"
    said = hashlib.sha256("\n".join([f"{request.method} {place}", *conditions, ""]).encode())
    if request.url.path in STREAMED:
        # Nor would they fit into memory.
        length = request.headers.get("content-length")
        if length is None:
            raise HTTPException(422, "An upload with an Idempotency-Key needs a Content-Length")
        said.update(length.encode())
    else:
        try:
            said.update(await request.body())
        except ClientDisconnect:
            raise HTTPException(400, "The request was cut off") from None
    return said.hexdigest()
