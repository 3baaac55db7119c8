"""GET requests, each on a connection of its own."""

from __future__ import annotations

import math
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version

import httpcore
import httpx

from rag.fetching.content import ENCODINGS, decoded
from rag.fetching.errors import FetchError
from rag.fetching.stoppable_wait import StoppableWait
from rag.fetching.time_limit import TimeLimit
from rag.fetching.urls import redirect_target

AGENT = "Tamngu"
"""Our name in robots.txt."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_MAX_PROBLEM = 200
"""Characters of a problem in an error message; some problems quote what the server sent."""


@dataclass(frozen=True)
class Reply:
    """The response of a server, while the connection is open.

    Attributes:
        url: of the request.
        status: HTTP status code.
        headers: by name, in any case.
        pieces: of the decompressed body; they can be read once.
    """

    url: httpx.URL
    status: int
    headers: httpx.Headers
    pieces: Iterator[bytes]

    def redirect(self) -> httpx.URL | None:
        """Return the URL that the response redirects to; None if it does not redirect.

        Raises:
            FetchError: the target of the redirect is not allowed.
        """
        if self.status not in _REDIRECTS or "location" not in self.headers:
            return None
        return redirect_target(self.url, self.headers["location"])


class HttpClient:
    """Sends GET requests, with intervals between those to one host; not for several threads.

    It uses httpcore without httpx's client, which would add redirects, cookies, proxies of the
    environment and decompression without a limit. A fetch does these itself, or not at all.
    """

    def __init__(self, backend: httpcore.NetworkBackend, waiting: StoppableWait) -> None:
        """Create a client.

        Args:
            backend: makes the connections.
            waiting: waits between requests, and can be stopped.
        """
        self._waiting = waiting
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_keepalive_connections=0,
            network_backend=backend,
        )
        self._user_agent = f"{AGENT}/{version('tamngu')} (+article reader)"
        self._last_starts: dict[bytes, float] = {}

    @contextmanager
    def get(
        self,
        url: httpx.URL,
        limit: TimeLimit,
        *,
        interval_s: float,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[Reply]:
        """Request a URL, and keep the connection open in this context.

        Args:
            url: an http or https URL.
            limit: of the fetch that this request is part of; the time in the context counts.
            interval_s: seconds since the last request to this host, at least.
            headers: besides those of every request; ASCII.

        Raises:
            FetchError: the host is not allowed, cannot be reached, breaks off or takes too long, or
                the waiting was stopped; the error can also come from inside the context.
        """
        self._wait_for_turn(url.raw_host.rstrip(b"."), interval_s)
        with (
            limit.spending() as left_s,
            _explained(limit),
            self._stream(url, left_s, headers or {}) as response,
        ):
            answered = httpx.Headers(response.headers)
            pieces = decoded(response.iter_stream(), answered.get("content-encoding", ""))
            yield Reply(url, response.status, answered, pieces)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    @contextmanager
    def _stream(
        self, url: httpx.URL, left_s: float, headers: Mapping[str, str]
    ) -> Iterator[httpcore.Response]:
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        sent = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": self._user_agent,
            "Accept": "*/*",
            "Accept-Encoding": ENCODINGS,
            # The time limit is that of the connection, so the next request needs a new one.
            "Connection": "close",
            **headers,
        }
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), left_s)
        with self._pool.stream(
            "GET", target, headers=list(sent.items()), extensions={"timeout": timeouts}
        ) as response:
            yield response

    def _wait_for_turn(self, host: bytes, interval_s: float) -> None:
        last = self._last_starts.get(host, -math.inf)
        self._waiting.wait(last + interval_s - time.monotonic())
        self._last_starts[host] = time.monotonic()


@contextmanager
def _explained(limit: TimeLimit) -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise limit.over() from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        # The pool cuts the chain of causes, but the first cause is the argument of its error.
        cause = error.args[0] if error.args else None
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise FetchError(f"its certificate is not valid: {cause.verify_message}") from error
        problem = str(error)[:_MAX_PROBLEM].rstrip(".")
        if isinstance(cause, OSError) and cause.strerror:
            problem = cause.strerror
        doing = "be reached" if isinstance(error, httpcore.ConnectError) else "be read"
        raise FetchError(f"it cannot {doing} ({problem})", temporary=True) from error
