"""What a route needs of the key that a request shows; :mod:`api.auth.guard` reads the key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Header, Security
from fastapi.routing import iter_route_contexts
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.requests import HTTPConnection

from api.auth.key import Forbidden, Key, Scope

API = "/v1"
"""Every route under this path declares a scope."""

OPEN = frozenset({"/", "/page.js", "/page.css", "/healthz", "/readyz", "/openapi.json"})
"""What anybody may read; every other path needs a key where keys are needed."""

ANYONE = Key(id="", name="anyone", scopes=("admin",), collections=None, created_at="")
"""Whoever calls a service that needs no keys."""

KEY = "tamngu.key"
"""Where the guard leaves the key of a request, in its ASGI scope."""

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


def _stated(
    idempotency_key: Annotated[
        str | None,
        Header(max_length=255, description="Sent again with the same key, it is done once."),
    ] = None,
) -> None:
    """Only for the description of the API; see :mod:`api.idempotency.route`."""


READ = (Depends(needs("read")),)
WRITE = (Depends(needs("write")), Depends(_stated))
ADMIN = (Depends(needs("admin")), Depends(_stated))
"""What a route that writes has among its dependencies; its router has IdempotentRoute."""


def key_of(request: HTTPConnection) -> Key | None:
    """Return the key of a request, :data:`ANYONE` where none is needed; None: an open path."""
    key: Key | None = request.scope.get(KEY)
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
                "ADMIN of api.auth.scopes."
            )


def _named(request: HTTPConnection) -> Iterator[str]:
    places = ["collection"]
    if request.scope["path"].startswith(f"{API}/collections/"):
        places.append("name")
    for place in places:
        if place in request.path_params:
            yield str(request.path_params[place])
    # An empty one means the default, which the service checks.
    yield from filter(None, request.query_params.getlist("collection"))
