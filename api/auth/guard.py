"""Authentication: requests without a valid key are refused before their bodies are read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.key import Key
from api.auth.rate_limit import Quota, RateLimit, shared_limit
from api.auth.scopes import ANYONE, KEY, check_routes, is_open
from api.auth.store import KeyStore, id_in
from api.error_responses import RETRY_AFTER_S, ErrorFormatter, detail_of
from api.errors import KeysUnreadable
from api.settings import Settings
from api.state import State
from embeddings import TamnguError
from rag.errors import ClusterUnavailable, StorageError

_WRONG_A_MINUTE = 10
"""Requests with wrong secrets that an address may send for one key in a minute. Then its requests
with that key are refused unread, so nobody can try many secrets. Other keys, and other addresses,
are not concerned. Chosen manually, not tuned."""


def protect(
    app: FastAPI,
    state: State,
    keys: KeyStore,
    settings: Settings,
    listens_at: str | None,
    format_error: ErrorFormatter,
) -> None:
    """Add the guard to an application, and in front of it the CORS headers for other origins.

    Args:
        app: with all its routes.
        state: of the service.
        keys: of the service.
        settings: the rate limit and the allowed origins.
        listens_at: address or name; None: the application is only called inside this process.
        format_error: makes the responses of the guard.

    Raises:
        RuntimeError: a route declares no scope, which is a programming error.
    """
    check_routes(app)
    app.add_middleware(
        Guard,
        keys=keys,
        settings=settings,
        listens_at=listens_at,
        format_error=format_error,
        take=shared_limit(state, settings.rate_per_minute),
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            # Clients of OpenAI's API and of MCP in a browser send headers of their own, and the
            # service trusts no header.
            allow_headers=("*",),
            expose_headers=(
                "ETag",
                "Idempotency-Replayed",
                "Location",
                "RateLimit",
                "RateLimit-Policy",
                "Retry-After",
                "X-Request-ID",
            ),
        )


class Guard:
    """ASGI middleware that finds the key of a request, and limits the rate of requests.

    A request without a key is allowed only if all of this holds: no key was ever created, the
    service listens at loopback, the request names a loopback host, and it comes from no page of
    another origin. The last two matter because a browser on this machine sends requests for any web
    page (cross-site request forgery, DNS rebinding).
    """

    def __init__(
        self,
        app: ASGIApp,
        keys: KeyStore,
        settings: Settings,
        listens_at: str | None,
        format_error: ErrorFormatter,
        take: Callable[[str], Quota] | None,
    ) -> None:
        """Wrap ``app``; see :func:`protect`.

        A ``take`` counts requests at all processes, and may wait; without it, each process counts
        its own.
        """
        self._app = app
        self._keys = keys
        self._listens_at = listens_at
        self._format_error = format_error
        self._origins = frozenset(settings.cors_origins)
        rate = settings.rate_per_minute
        self._limit = RateLimit(rate) if rate else None
        self._take = take if rate else None
        self._wrong = RateLimit(_WRONG_A_MINUTE)
        # Once a key was seen, keys stay necessary even if the file of the keys is removed.
        self._is_keyed = listens_at is not None and not is_loopback(listens_at)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an allowed request on, and refuse any other."""
        if scope["type"] != "http" or is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        refusal: JSONResponse | None = None
        key: Key | None = None
        guessed = _guessed(scope)
        wait_s = self._wrong.retry_in_s(guessed) if guessed is not None else 0
        try:
            key = None if wait_s else await self._find(Headers(scope=scope), scope)
        except KeysUnreadable as error:
            refusal = self._unavailable(scope, error)
        else:
            if wait_s:
                detail = f"Too many wrong keys came from this address; try again in {wait_s} s."
                refusal = self._refusal(scope, HTTPStatus.TOO_MANY_REQUESTS, detail)
                refusal.headers["Retry-After"] = str(wait_s)
            elif key is None:
                refusal = self._unauthorized(scope)
                if guessed is not None:
                    self._wrong.take(guessed)
        quota: Quota | None = None
        try:
            quota = await self._counted(_client_of(key, scope))
        except (ClusterUnavailable, StorageError) as error:
            refusal = self._unavailable(scope, error)
        if quota is not None:
            send = _with_headers(send, quota)
            if quota.retry_in_s:
                detail = (
                    f"More than {quota.limit} requests a minute; try again in {quota.retry_in_s} s."
                )
                refusal = self._refusal(scope, HTTPStatus.TOO_MANY_REQUESTS, detail)
        scope[KEY] = key
        await (refusal or self._app)(scope, receive, send)

    async def _counted(self, client: str) -> Quota | None:
        """Count a request; return what remains, None without a limit."""
        if self._take is not None:
            return await run_in_threadpool(self._take, client)
        return None if self._limit is None else self._limit.take(client)

    async def _find(self, headers: Headers, scope: Scope) -> Key | None:
        """Return the key of a request, without a wait on the event loop."""
        with self._keys.at_once() as is_current:
            key = self._key(headers, scope) if is_current else None
        if not is_current:
            key = await run_in_threadpool(self._key, headers, scope)
        if key is not None and key.id and self._keys.is_use_due(key.id):
            # The request does not wait for the disk.
            asyncio.get_running_loop().run_in_executor(None, self._keys.note_use, key.id)
        return key

    def _key(self, headers: Headers, scope: Scope) -> Key | None:
        self._is_keyed = self._is_keyed or self._keys.any_keys()
        if not self._is_keyed and self._is_local(headers, scope):
            return ANYONE
        texts = _key_texts(headers)
        return self._keys.verify(texts.pop(), note=False) if len(texts) == 1 else None

    def _is_local(self, headers: Headers, scope: Scope) -> bool:
        """Tell whether a request comes from this machine, and from no page of another origin."""
        server = scope.get("server")
        if server is not None and _is_remote(server[0]):
            return False
        hosts = headers.getlist("host")
        if self._listens_at is not None and not all(is_loopback(_hostname(each)) for each in hosts):
            return False
        return all(
            origin in self._origins or _host_of_origin(origin) in hosts
            for origin in headers.getlist("origin")
        )

    def _unauthorized(self, scope: Scope) -> JSONResponse:
        """Return the response to a request without a key, or with an unknown one (RFC 6750)."""
        if _key_texts(Headers(scope=scope)):
            challenge = 'Bearer error="invalid_token"'
            detail = "This key is not known here, or was revoked."
        else:
            challenge = "Bearer"
            detail = "This needs a key: send it as Authorization: Bearer tmg_..."
        refusal = self._refusal(scope, HTTPStatus.UNAUTHORIZED, detail)
        refusal.headers["WWW-Authenticate"] = challenge
        return refusal

    def _unavailable(self, scope: Scope, error: TamnguError) -> JSONResponse:
        detail = detail_of(error, self._keys.home)
        refusal = self._refusal(scope, HTTPStatus.SERVICE_UNAVAILABLE, detail)
        refusal.headers["Retry-After"] = str(RETRY_AFTER_S)
        return refusal

    def _refusal(self, scope: Scope, status: HTTPStatus, detail: str) -> JSONResponse:
        return self._format_error(scope["path"], status, detail)


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can use an address: 127.0.0.0/8, ::1, localhost."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_remote(host: str) -> bool:
    """Tell whether other machines may use an address; False for a name, which reveals nothing."""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return False


def _hostname(host: str) -> str:
    """Return the name or the address in a Host header."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _host_of_origin(origin: str) -> str:
    """Return the Host header that pages of an origin send to their own server."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _key_texts(headers: Headers) -> set[str]:
    """Return the keys that a request has; a request with several different keys is refused."""
    texts = set(headers.getlist("x-api-key"))
    for value in headers.getlist("authorization"):
        scheme, _, text = value.strip().partition(" ")
        # Another scheme is meant for another server, such as a proxy.
        if scheme.lower() == "bearer":
            texts.add(text.strip())
    return texts


def _guessed(scope: Scope) -> str | None:
    """Return what wrong keys are counted by: the address, and the id in the text of the key."""
    texts = _key_texts(Headers(scope=scope))
    key_id = id_in(texts.pop()) if len(texts) == 1 else None
    return None if key_id is None else f"{_client_of(None, scope)} {key_id}"


def _client_of(key: Key | None, scope: Scope) -> str:
    """Return the client whose requests are counted together: a key's id, else an address.

    The owner of an IPv6 address usually owns its whole /64 network, so the network is one client.
    """
    if key is not None and key.id:
        return key.id
    address = str((scope.get("client") or ("",))[0])
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed.packed, 64), strict=False))
    return address


def _with_headers(send: Send, quota: Quota) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(quota.headers())
        await send(message)

    return send_with_headers
