"""The Model Context Protocol over HTTP, at ``/mcp``: each request on its own, answered in JSON."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from api.auth.scopes import READ
from api.service import Service, ServiceOf

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

MISSING = "The Model Context Protocol needs an extra: pip install 'tamngu[mcp]'"

_SERVICE: ContextVar[Service] = ContextVar("service")
"""The service as the key of the request may use it; the tools run in a task that inherits it."""


class Door:
    """The protocol's server; made at the first request, as it takes a second."""

    def __init__(self, default: str) -> None:
        """Name the default collection; belongs to the running event loop."""
        self._default = default
        self._wanted = asyncio.Event()
        self._opened: asyncio.Future[StreamableHTTPSessionManager] = asyncio.Future()

    async def stand(self) -> None:
        """Serve from the first request until cancelled."""
        await self._wanted.wait()
        try:
            # Other requests go on while it is imported.
            module = await asyncio.to_thread(import_module, "api.mcp.server")
            server = module.mcp_server(_SERVICE.get, self._default)
            # No host: the service's own guard looks at names and origins.
            server.streamable_http_app(json_response=True, stateless_http=True, host="")
        except Exception as error:
            self._opened.set_exception(error)
            return
        manager: StreamableHTTPSessionManager = server.session_manager
        async with manager.run():
            self._opened.set_result(manager)
            await asyncio.Event().wait()

    async def opened(self) -> StreamableHTTPSessionManager:
        """Return what handles requests."""
        self._wanted.set()
        return await asyncio.shield(self._opened)


class _Handed(Response):
    """A response that the protocol's own application makes."""

    def __init__(self, manager: StreamableHTTPSessionManager, service: Service) -> None:
        super().__init__()
        self._manager = manager
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _SERVICE.set(self._service)
        await self._manager.handle_request(scope, receive, send)


@asynccontextmanager
async def _standing(app: FastAPI) -> AsyncIterator[None]:
    door = Door(app.state.service.default)
    app.state.mcp_door = door
    task = asyncio.create_task(door.stand())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


router = APIRouter(lifespan=_standing, dependencies=READ, include_in_schema=False)


@router.post("/mcp")
async def speak(request: Request, service: ServiceOf) -> Response:
    """Take a message of the protocol."""
    if find_spec("mcp") is None:
        raise HTTPException(501, MISSING)
    door: Door = request.app.state.mcp_door
    return _Handed(await door.opened(), service)
