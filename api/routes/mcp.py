"""The Model Context Protocol over HTTP, at ``/mcp``, without sessions and with JSON responses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import Response
from starlette.types import Message, Receive, Scope, Send

from api.auth.scopes import READ
from api.description import new_router
from api.service import Service, ServiceOf

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

MISSING = "The Model Context Protocol needs an extra: pip install 'tamngu[mcp]'"

INVALID_REQUEST = -32600
"""The code of JSON-RPC 2.0 for a body that is no message."""

_NO_MESSAGE = (
    'The body is no message of JSON-RPC: send one object with "jsonrpc": "2.0", a method, '
    "and params and an id as the protocol has them."
)

_SERVICE: ContextVar[Service] = ContextVar("service")
"""The service as the key of a request may use it; the task that runs a tool inherits the value."""


class McpServer:
    """The server of the protocol; the first request starts it, which takes a second."""

    def __init__(self, default: str) -> None:
        """Wait for the first request.

        Args:
            default: the collection of requests that name none.
        """
        self._default = default
        self._requested = asyncio.Event()
        self._manager: asyncio.Future[StreamableHTTPSessionManager] = asyncio.Future()

    async def run(self) -> None:
        """Serve from the first request until this task is cancelled."""
        await self._requested.wait()
        try:
            # This runs in a thread, so that other requests go on.
            server = await asyncio.to_thread(self._server)
        except Exception as error:
            self._manager.set_exception(error)
            return
        manager: StreamableHTTPSessionManager = server.session_manager
        async with manager.run():
            self._manager.set_result(manager)
            await asyncio.Event().wait()

    def _server(self) -> MCPServer[Any]:
        module = import_module("api.mcp.server")
        server: MCPServer[Any] = module.mcp_server(_SERVICE.get, self._default)
        # No host is given, because the guard of the service checks hosts and origins.
        server.streamable_http_app(json_response=True, stateless_http=True, host="")
        return server

    async def manager(self) -> StreamableHTTPSessionManager:
        """Return the object that handles requests; the first call starts the server."""
        self._requested.set()
        return await asyncio.shield(self._manager)


class _McpResponse(Response):
    """A response that the library of the protocol makes."""

    def __init__(self, manager: StreamableHTTPSessionManager, service: Service) -> None:
        super().__init__()
        self._manager = manager
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _SERVICE.set(self._service)
        await self._manager.handle_request(scope, receive, _in_plain_words(send))


def _in_plain_words(send: Send) -> Send:
    """Return what sends a response on, and says in a sentence that a body is no message.

    The library quotes its validator's report of many lines.
    """
    refusals: list[Message] = []

    async def send_plain(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == HTTPStatus.BAD_REQUEST:
            refusals.append(message)
            return
        if not refusals:
            await send(message)
            return
        start = refusals.pop()
        if message.get("more_body"):
            await send(start)
            await send(message)
            return
        if b"Validation error: " in (body := message["body"]):
            error = {"code": INVALID_REQUEST, "message": _NO_MESSAGE}
            body = json.dumps({"jsonrpc": "2.0", "id": None, "error": error}).encode()
        kept = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        length = (b"content-length", str(len(body)).encode())
        await send({**start, "headers": [*kept, length]})
        await send({**message, "body": body})

    return send_plain


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the server of the protocol as long as the application runs."""
    server = McpServer(app.state.service.default)
    app.state.mcp_server = server
    task = asyncio.create_task(server.run())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


router = new_router(dependencies=READ, include_in_schema=False)


@router.api_route("/mcp", methods=["GET", "DELETE"])
async def refuse_stream(_request: Request) -> Response:
    """Say what is missing, or that there are no streams and no sessions to end."""
    if find_spec("mcp") is None:
        raise HTTPException(501, MISSING)
    raise HTTPException(405, "This address takes POST: it has no sessions", {"Allow": "POST"})


@router.post("/mcp")
async def handle_message(request: Request, service: ServiceOf) -> Response:
    """Handle a message of the protocol."""
    if find_spec("mcp") is None:
        raise HTTPException(501, MISSING)
    server: McpServer = request.app.state.mcp_server
    return _McpResponse(await server.manager(), service)
