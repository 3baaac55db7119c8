"""Single GET requests, each on a connection of its own."""

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
from rag.fetching.pauses import Pauses
from rag.fetching.time_limit import TimeLimit
from rag.fetching.urls import redirect_target

AGENT = "Tamngu"
"""The name that robots.txt is asked about."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_LONGEST_PROBLEM = 200
"""Characters; some problems quote what the server sent."""


@dataclass(frozen=True)
class Reply:
    """What a server answers, while the connection is open.

    Attributes:
        url: what was asked for.
        status: HTTP's.
        headers: by name, in any case.
        pieces: the body, decompressed; it can be read once.
    """

    url: httpx.URL
    status: int
    headers: httpx.Headers
    pieces: Iterator[bytes]

    def redirect(self) -> httpx.URL | None:
        """Return where it redirects to; None: it does not.

        Raises:
            FetchError: it does, to what cannot be asked for.
        """
        if self.status not in _REDIRECTS or "location" not in self.headers:
            return None
        return redirect_target(self.url, self.headers["location"])


class Wire:
    """Sends GET requests, those to one host at intervals; not safe to use from many threads.

    httpcore is used without httpx's client, which would add redirects, cookies, proxies of the
    environment and decompression of whatever size: what a fetch does by itself, or not at all.
    """

    def __init__(self, backend: httpcore.NetworkBackend, pauses: Pauses) -> None:
        """Connect through a backend, and wait for a host's turn as ``pauses`` does."""
        self._pauses = pauses
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
        """Ask for a URL, and keep the connection open in this context.

        Args:
            url: of http or https.
            limit: of the fetch that this is part of; what happens in the context counts.
            interval_s: seconds to let pass since the last request to this host.
            headers: beyond those that every request has; ASCII.

        Raises:
            FetchError: the host may not be reached, cannot be, breaks off, or takes too long, or
                waiting for its turn was ended; from inside the context too.
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
        """Close what is open."""
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
            # The time limit is the connection's, so the next request needs a new one.
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
        self._pauses.wait(last + interval_s - time.monotonic())
        self._last_starts[host] = time.monotonic()


@contextmanager
def _explained(limit: TimeLimit) -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise limit.over() from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        # The pool cuts the chain of causes, but the first one is the mapped error's argument.
        cause = error.args[0] if error.args else None
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise FetchError(f"its certificate is not valid: {cause.verify_message}") from error
        problem = str(error)[:_LONGEST_PROBLEM].rstrip(".")
        if isinstance(cause, OSError) and cause.strerror:
            problem = cause.strerror
        doing = "be reached" if isinstance(error, httpcore.ConnectError) else "be read"
        raise FetchError(f"it cannot {doing} ({problem})", passing=True) from error
