"""Which scope of an API key each route needs; :mod:`api.auth.guard` reads the key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Security
from fastapi.routing import iter_route_contexts
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.requests import HTTPConnection

from api.auth.key import Key, Scope
from api.errors import Forbidden

API = "/v1"
"""Every route under this path declares a scope."""

OPEN = frozenset(
    {"/", "/healthz", "/readyz", "/openapi.json", "/docs", "/docs/docs.js", "/docs/docs.css"}
)
"""Paths that need no key, even if the service has keys."""

ASSETS = "/assets/"
"""What the paths of the web app's files begin with."""

OPEN_FOLDERS = ("/feeds/", ASSETS)
"""Beginnings of paths that need no key. The address of a feed of alerts is a secret itself."""

ANYONE = Key(id="", name="anyone", scopes=("admin",), collections=None, created_at="")
"""The key of every request to a service that needs no keys."""

KEY = "tamngu.key"
"""The entry of a request's ASGI scope in which the guard stores the key."""

_bearer = HTTPBearer(auto_error=False, description="A key of: tamngu keys create NAME")
_header = APIKeyHeader(name="X-API-Key", auto_error=False)


@dataclass(frozen=True)
class Needs:
    """A dependency of a route that demands a scope; it has to be the first dependency.

    It also refuses a collection that the key does not reach, if the path
    (``/v1/collections/{name}``, ``{collection}``) or the query (``collection``) names it. The
    service that the route gets refuses the collections that a body names; see
    :meth:`api.service.Service.collection`.
    """

    scope: Scope

    async def __call__(
        self,
        request: HTTPConnection,
        # These two only describe the API: the guard has read both headers.
        _bearer: Annotated[object, Security(_bearer)] = None,
        _header: Annotated[object, Security(_header)] = None,
    ) -> None:
        """Return if the request is allowed.

        Raises:
            Forbidden: the key lacks the scope, or does not reach a collection that is named.
        """
        key = key_of(request)
        if key is None or not key.allows(self.scope):
            raise Forbidden(f"This needs a key with the scope {self.scope!r}.")
        for name in _named_collections(request):
            check_reach(key, name)


def needs(scope: Scope) -> Needs:
    """Return the dependency that demands a scope: ``dependencies=[Depends(needs("read"))]``."""
    return Needs(scope)


def _idempotency_key(
    idempotency_key: Annotated[
        str | None,
        Header(max_length=255, description="A request that is repeated with its key is done once."),
    ] = None,
) -> None:
    """Describe the header in the API's description; :mod:`api.idempotency.route` reads it."""


READ = (Depends(needs("read")),)
"""Dependencies of a route that reads."""

READ_ONCE = (*READ, Depends(_idempotency_key))
"""Dependencies of a route that stores what a reader says; the class of its router is
IdempotentRoute."""

WRITER = (Depends(needs("write")),)
"""Dependencies of a route that stores nothing, and shows what is only for those who may write."""

WRITE = (Depends(needs("write")), Depends(_idempotency_key))
"""Dependencies of a route that writes; the class of its router is IdempotentRoute."""

ADMIN = (Depends(needs("admin")), Depends(_idempotency_key))
"""Dependencies of a route for administrators; the class of its router is IdempotentRoute."""


def key_of(request: HTTPConnection) -> Key | None:
    """Return the key of a request, :data:`ANYONE` if no key is needed, None on an open path."""
    key: Key | None = request.scope.get(KEY)
    return key


def is_open(path: str) -> bool:
    """Tell whether a path needs no key."""
    return path in OPEN or path.startswith(OPEN_FOLDERS)


def check_reach(key: Key, collection: str) -> None:
    """Return if a key reaches a collection, whether or not that collection exists.

    Raises:
        Forbidden: the key does not reach it.
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
    """Return if every route under :data:`API` declares a scope.

    Raises:
        RuntimeError: a route declares none, which is a programming error.
    """
    for route in scoped_routes(app):
        if f"{route.path}/".startswith(f"{API}/") and not route.scopes:
            names = " ".join(sorted(route.methods))
            raise RuntimeError(
                f"{names} {route.path} declares no scope: give it dependencies=READ, WRITE or "
                "ADMIN of api.auth.scopes."
            )


def _named_collections(request: HTTPConnection) -> Iterator[str]:
    """Yield the collections that the path and the query of a request name."""
    parameters = ["collection"]
    if request.scope["path"].startswith(f"{API}/collections/"):
        parameters.append("name")
    for parameter in parameters:
        if parameter in request.path_params:
            yield str(request.path_params[parameter])
    # An empty name means the default collection, which the service checks.
    yield from filter(None, request.query_params.getlist("collection"))
