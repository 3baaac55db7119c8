"""Who is let in: a key before the body of a request is read, a scope before its route runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI, Security
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as Connection

from api.keys import Forbidden, Key, KeyStore, KeysUnreadable, Scope
from api.problem import problem
from api.rate_limit import Quota, RateLimit
from api.settings import Settings
from api.work import RETRY_AFTER_S

API = "/v1"
"""Every route under this path declares a scope."""

OPEN = frozenset({"/", "/page.js", "/page.css", "/healthz", "/readyz", "/openapi.json"})
"""What anybody may read; every other path needs a key where keys are needed."""

ANYONE = Key(id="", name="anyone", scopes=("admin",), collections=None, created_at="")
"""Whoever calls a service that needs no keys."""

_KEY = "tamngu.key"

_bearer = HTTPBearer(auto_error=False, description="A key of: tamngu keys create NAME")
_header = APIKeyHeader(name="X-API-Key", auto_error=False)


@dataclass(frozen=True)
class Needs:
    """A dependency that lets in only who has a scope; in a list of dependencies, the first.

    It also refuses a collection named in the path (``/v1/collections/{name}``, ``{collection}``) or
    in the query (``collection``) that the key does not reach. One named in a body is refused by the
    service that the route is given; see :meth:`api.service.Service.collection`.
    """

    scope: Scope

    async def __call__(
        self,
        request: HTTPConnection,
        # Only for the description of the API: the guard has looked at both.
        _bearer: Annotated[object, Security(_bearer)] = None,
        _header: Annotated[object, Security(_header)] = None,
    ) -> None:
        """Let a request pass.

        Raises:
            Forbidden: its key has not this scope, or does not reach a collection that it names.
        """
        key = key_of(request)
        if key is None or not key.allows(self.scope):
            raise Forbidden(f"This needs a key with the scope {self.scope!r}.")
        for name in _named(request):
            refuse_beyond(key, name)


def needs(scope: Scope) -> Needs:
    """Return the dependency that demands a scope: ``dependencies=[Depends(needs("read"))]``."""
    return Needs(scope)


READ = (Depends(needs("read")),)
WRITE = (Depends(needs("write")),)
ADMIN = (Depends(needs("admin")),)


def key_of(request: HTTPConnection) -> Key | None:
    """Return the key of a request, :data:`ANYONE` where none is needed; None: an open path."""
    key: Key | None = request.scope.get(_KEY)
    return key


def refuse_beyond(key: Key, collection: str) -> None:
    """See that a key reaches a collection, whether there is one of that name or not.

    Raises:
        Forbidden: it does not.
    """
    if not key.reaches(collection):
        raise Forbidden(f"The key does not reach the collection {collection[:64]!r}.")


@dataclass(frozen=True)
class ScopedRoute:
    """A route and the scopes that it declares, usually one."""

    path: str
    methods: frozenset[str]
    scopes: frozenset[Scope]


def scoped_routes(app: FastAPI) -> Iterator[ScopedRoute]:
    """Yield all routes of an application."""
    for route in iter_route_contexts(app.routes):
        dependant = getattr(route, "dependant", None)
        declared = (each.call for each in dependant.dependencies) if dependant else ()
        yield ScopedRoute(
            path=route.path or "",
            methods=frozenset(route.methods or ()),
            scopes=frozenset(each.scope for each in declared if isinstance(each, Needs)),
        )


def check_routes(app: FastAPI) -> None:
    """See that every route of the API says who may use it.

    Raises:
        RuntimeError: one does not; a fault of the program.
    """
    for route in scoped_routes(app):
        if f"{route.path}/".startswith(f"{API}/") and not route.scopes:
            names = " ".join(sorted(route.methods))
            raise RuntimeError(
                f"{names} {route.path} declares no scope: give it dependencies=READ, WRITE or "
                "ADMIN of api.access."
            )


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
            allow_headers=(
                "Authorization",
                "X-API-Key",
                "Content-Type",
                "If-Match",
                "If-None-Match",
            ),
            expose_headers=("ETag", "Location", "Retry-After", "RateLimit", "RateLimit-Policy"),
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
            refusal = problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
            refusal.headers["Retry-After"] = str(RETRY_AFTER_S)
        else:
            refusal = _unknown(Headers(scope=scope)) if key is None else None
        quota = self._limit.take(_who(key, scope)) if self._limit is not None else None
        if quota is not None:
            send = _with_headers(send, quota)
            if quota.retry_in_s:
                refusal = problem(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    f"More than {quota.limit} requests a minute; try again in "
                    f"{quota.retry_in_s} s.",
                )
        scope[_KEY] = key
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


def _unknown(headers: Headers) -> JSONResponse:
    """Return the refusal of who shows no key, or none that is known (RFC 6750)."""
    if _texts(headers):
        said, detail = 'Bearer error="invalid_token"', "This key is not known here, or was revoked."
    else:
        said, detail = "Bearer", "This needs a key: send it as Authorization: Bearer tmg_..."
    refusal = problem(HTTPStatus.UNAUTHORIZED, detail)
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


def _named(request: HTTPConnection) -> Iterator[str]:
    places = ["collection"]
    if request.scope["path"].startswith(f"{API}/collections/"):
        places.append("name")
    for place in places:
        if place in request.path_params:
            yield str(request.path_params[place])
    # An empty one means the default, which the service checks.
    yield from filter(None, request.query_params.getlist("collection"))


def _with_headers(send: Send, quota: Quota) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(quota.headers())
        await send(message)

    return sent
