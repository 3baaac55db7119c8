"""A real web site on a loopback address; each test defines its pages."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PIECES = 1000
"""Pieces that :meth:`Visit.trickle` sends at most."""


@dataclass(frozen=True)
class Asked:
    """One request: its path with the query, headers in lower case, and when it came."""

    path: str
    headers: dict[str, str]
    at: float


class Visit:
    """One request, while it is answered."""

    def __init__(self, handler: BaseHTTPRequestHandler, site: Site) -> None:
        self._handler = handler
        self.site = site
        self.headers = {name.lower(): value for name, value in handler.headers.items()}

    def start(self, status: int = 200, **headers: str) -> None:
        """Send status and headers; the body then lasts until the connection ends."""
        self._handler.send_response(status)
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()

    def send(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def trickle(self, data: bytes, every_s: float) -> None:
        """Send the same data again and again until the client leaves or the site closes."""
        for _ in range(PIECES):
            if self.site.closing.wait(every_s):
                return
            self.send(data)
        self.site.client_stayed = True


Page = Callable[[Visit], object]


def page(body: bytes = b"<p>Hi", status: int = 200, **headers: str) -> Page:
    def answer(visit: Visit) -> None:
        visit.start(status, **{"content_length": str(len(body)), **headers})
        visit.send(body)

    return answer


def redirect(location: str, status: int = 302) -> Page:
    return page(b"", status, location=location)


class Site:
    """Serves its ``pages``, which tests define, and answers other paths with 404."""

    def __init__(
        self, address: str = "127.0.0.1", port: int = 0, certificate: Path | None = None
    ) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self.client_stayed = False
        """Whether a client stayed to the end of a page that trickled."""
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self.close_connection = True
                visit = Visit(self, site)
                site.asked.append(Asked(self.path, visit.headers, time.monotonic()))
                answer = site.pages.get(self.path.partition("?")[0], page(b"nothing", 404))
                # In some tests the client is expected to leave.
                with suppress(OSError):
                    answer(visit)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((address, port), Handler)
        self._server.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,))
        self._thread.start()
        self.root = f"{'http' if certificate is None else 'https'}://{address}:{self.port}"

    @property
    def paths(self) -> list[str]:
        """The paths of all requests except those for robots.txt."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
