"""Who is let in: a key is asked for before anything of a request is read."""

from __future__ import annotations

from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Connection

from api.auth.key import Key, KeysUnreadable
from api.auth.rate_limit import Quota, RateLimit
from api.auth.scopes import ANYONE, KEY, OPEN, check_routes
from api.auth.store import KeyStore
from api.openai.errors import refusal as refused
from api.problem import detail_of
from api.settings import Settings
from api.worker_pool import RETRY_AFTER_S


def protect(app: FastAPI, keys: KeyStore, settings: Settings, listens_at: str | None) -> None:
    """Put the guard before an application, and before it what lets pages of other origins call.

    Args:
        app: with all its routes.
        keys: of the home.
        settings: the rate and the origins.
        listens_at: address or name; None: only spoken to inside this process.

    Raises:
        RuntimeError: a route declares no scope; a fault of the program.
    """
    check_routes(app)
    app.add_middleware(Guard, keys=keys, settings=settings, listens_at=listens_at)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            # OpenAI's and MCP's clients in a browser send some of their own; none is trusted.
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
    """ASGI middleware that finds the key of a request, and counts its requests.

    Without a key it lets in only who calls a service on loopback that never had one, by a name of
    loopback, and from no page of another origin: a browser is on this machine too, and takes orders
    from any site (cross-site requests, DNS rebinding).
    """

    def __init__(
        self, app: ASGIApp, keys: KeyStore, settings: Settings, listens_at: str | None
    ) -> None:
        """Wrap ``app``; see :func:`protect`."""
        self._app = app
        self._keys = keys
        self._listens_at = listens_at
        self._origins = frozenset(settings.cors_origins)
        rate = settings.rate_per_minute
        self._limit = RateLimit(rate) if rate else None
        # Once a key was seen, its file may go and nobody comes in for that.
        self._is_keyed = listens_at is not None and not is_loopback(listens_at)

    async def __call__(self, scope: Connection, receive: Receive, send: Send) -> None:
        """Pass on a request of somebody who may come in, refuse any other."""
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        refusal: JSONResponse | None = None
        key: Key | None = None
        try:
            key = self._key(Headers(scope=scope), scope)
        except KeysUnreadable as error:
            refusal = refused(
                scope["path"],
                HTTPStatus.SERVICE_UNAVAILABLE,
                detail_of(error, self._keys.path.parent),
            )
            refusal.headers["Retry-After"] = str(RETRY_AFTER_S)
        else:
            refusal = _unknown(scope) if key is None else None
        quota = self._limit.take(_who(key, scope)) if self._limit is not None else None
        if quota is not None:
            send = _with_headers(send, quota)
            if quota.retry_in_s:
                refusal = refused(
                    scope["path"],
                    HTTPStatus.TOO_MANY_REQUESTS,
                    f"More than {quota.limit} requests a minute; try again in "
                    f"{quota.retry_in_s} s.",
                )
        scope[KEY] = key
        await (refusal or self._app)(scope, receive, send)

    def _key(self, headers: Headers, scope: Connection) -> Key | None:
        self._is_keyed = self._is_keyed or self._keys.any_keys()
        if not self._is_keyed and self._comes_from_here(headers, scope):
            return ANYONE
        texts = _texts(headers)
        return self._keys.verify(texts.pop()) if len(texts) == 1 else None

    def _comes_from_here(self, headers: Headers, scope: Connection) -> bool:
        server = scope.get("server")
        if server is not None and _is_elsewhere(server[0]):
            return False
        hosts = headers.getlist("host")
        if self._listens_at is not None and not all(is_loopback(_name(each)) for each in hosts):
            return False
        return all(
            origin in self._origins or _place(origin) in hosts
            for origin in headers.getlist("origin")
        )


def is_loopback(host: str) -> bool:
    """Tell whether an address or a name is this machine's alone: 127.0.0.0/8, ::1, localhost."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_elsewhere(host: str) -> bool:
    """Tell whether it is an address that other machines may reach; a name tells nothing."""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """Return the name or address in a Host field."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _place(origin: str) -> str:
    """Return the Host field that a page of an origin has in its own requests."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _texts(headers: Headers) -> set[str]:
    """Return the keys that a request shows; more than one is no request of ours."""
    texts = set(headers.getlist("x-api-key"))
    for value in headers.getlist("authorization"):
        scheme, _, text = value.strip().partition(" ")
        # Another scheme is for somebody else, such as a proxy.
        if scheme.lower() == "bearer":
            texts.add(text.strip())
    return texts


def _unknown(scope: Connection) -> JSONResponse:
    """Return the refusal of who shows no key, or none that is known (RFC 6750)."""
    if _texts(Headers(scope=scope)):
        said, detail = 'Bearer error="invalid_token"', "This key is not known here, or was revoked."
    else:
        said, detail = "Bearer", "This needs a key: send it as Authorization: Bearer tmg_..."
    refusal = refused(scope["path"], HTTPStatus.UNAUTHORIZED, detail)
    refusal.headers["WWW-Authenticate"] = said
    return refusal


def _who(key: Key | None, scope: Connection) -> str:
    """Return whose bucket a request is counted in: its key's, else its address's.

    Who has an IPv6 address has all 2^64 beside it.
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
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(quota.headers())
        await send(message)

    return sent
