"""Connections of clients: how many, how large their headers, and how slow they may be."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from rag.errors import lacks_files

HEADERS_IN_S = 10.0
"""Seconds in which the headers of a request have to come, counted from the connection or from the
first byte of a further request. Chosen manually, not tuned."""

READS_IN_S = 120.0
"""Seconds in which a client has to take :data:`LEAST_READ_BYTES` of a response that waits for it.
Chosen manually, not tuned: systems take the next piece of a response when about a megabyte of the
last pieces has been read, and slow mobile connections need two minutes for that."""

LEAST_READ_BYTES = 10_000
"""Bytes. Chosen manually, not tuned."""

MAX_HEADER_BYTES = 32 * 1024
"""Bytes of the first line and the headers of a request. Chosen manually, not tuned: twice what
other servers allow."""

MAX_CONNECTIONS = 1000
"""Connections, and requests, that a server process holds; a further request gets 503."""

_REFUSED = 100
"""Connections beyond those whose requests get 503; one more is closed at once. Chosen manually, not
tuned."""

_BACKLOG = 128
"""Connections that are accepted at once, before the first of them can be closed. asyncio tries as
often if no file can be opened, and reports each failure. 128 was the longest queue of Linux."""

_OTHER_FILES = 300
"""Files for databases, indexes, models, jobs and what else a server process opens. Chosen manually,
not tuned: it has some forty open."""

_FEWEST = 16
"""Connections that a process holds however few files it may open. Chosen manually, not tuned."""

_REPORT_EVERY_S = 60.0
"""Seconds between two lines about too few files."""

_LOG = logging.getLogger("tamngu.api")


class Connection(H11Protocol):
    """A connection that is closed if headers do not come, or responses are not read, in time."""

    _late: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override, unused-ignore]
        """Begin to wait for headers."""
        super().connection_made(transport)
        if len(self.connections) > (self.limit_concurrency or MAX_CONNECTIONS) + _REFUSED:
            transport.abort()
            return
        self._wait_for_headers()

    def data_received(self, data: bytes) -> None:
        """Handle what has come, and wait for the rest of the headers if some are missing."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait_for_headers()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        self._stop_watching()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Begin to watch whether the client reads, because more waits for it than it takes."""
        super().pause_writing()
        self._watch(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """Stop watching: the client has taken what waited."""
        self._stop_watching()
        super().resume_writing()

    def _watch(self, waiting: int) -> None:
        self._unread = self.loop.call_later(READS_IN_S, self._abort_if_unread, waiting)

    def _stop_watching(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _abort_if_unread(self, before: int) -> None:
        waiting = self.transport.get_write_buffer_size()
        if before - waiting < LEAST_READ_BYTES:
            # Closing would wait until the client has read the rest.
            self.transport.abort()
        else:
            self._watch(waiting)

    def _wait_for_headers(self) -> None:
        # Further bytes do not extend the time: a slow client sends one now and then.
        if self._late is None:
            self._late = self.loop.call_later(HEADERS_IN_S, self._close_if_late)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _close_if_late(self) -> None:
        self._late = None
        answering = self.cycle is not None and not self.cycle.response_complete
        if self.conn.their_state is h11.IDLE and not answering:
            self.transport.close()


def connection_settings() -> dict[str, Any]:
    """Return the settings of uvicorn that concern connections.

    The process may then open as many files as they need, if the system lets it.
    """
    return {
        "http": Connection,
        "h11_max_incomplete_event_size": MAX_HEADER_BYTES,
        "limit_concurrency": _most_connections(),
        "backlog": _BACKLOG,
        # Otherwise any program on this machine could choose the address that is rate-limited.
        "proxy_headers": False,
    }


def _most_connections() -> int:
    """Return how many connections leave enough files for everything else."""
    try:
        import resource
    except ImportError:  # Windows
        return MAX_CONNECTIONS
    others = _REFUSED + _BACKLOG + _OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < MAX_CONNECTIONS + others:
        wanted = MAX_CONNECTIONS + others
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    return max(_FEWEST, min(MAX_CONNECTIONS, soft - others))


def report_briefly() -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    """Return a handler of an event loop's errors that names a lack of files in one line a minute.

    asyncio reports it with a traceback for each connection that it cannot accept, which would fill
    a log, and keep the loop from anything else.
    """
    last = -math.inf

    def report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal last
        error = context.get("exception")
        if error is None or not lacks_files(error):
            loop.default_exception_handler(context)
        elif loop.time() - last > _REPORT_EVERY_S:
            last = loop.time()
            _LOG.warning(
                "Too many files are open (%s), so clients have to wait: raise the limit of this "
                "process (ulimit -n, or LimitNOFILE), or look who holds so many connections.",
                error,
            )

    return report
