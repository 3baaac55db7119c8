"""The rules of a site's robots.txt (RFC 9309)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

import httpx
from protego import Protego

from rag.fetching.errors import FetchError
from rag.fetching.http_client import AGENT, HttpClient, Reply
from rag.fetching.stoppable_wait import Stopped
from rag.fetching.time_limit import TimeLimit

MAX_BYTES = 500 * 1024
"""Bytes of a robots.txt that are read, as RFC 9309 asks for at least."""

MAX_DELAY_S = 30.0
"""Longest ``Crawl-delay``; a longer one is shortened to it."""

_MAX_REDIRECTS = 5
"""Redirects of a robots.txt that are followed, as RFC 9309 asks for at least."""
_MAX_ORIGINS = 256
_KEPT_S = 24 * 3600.0
"""Seconds for which rules are kept, as RFC 9309 allows at most."""
_FAILURE_KEPT_S = 300.0

_AGENT_LINE = re.compile(r"\s*user[\s-]*agent(?=[\s:])\s*:?\s*(\*(?!\S)|[a-z_-]*)", re.IGNORECASE)

_EVERYTHING = Protego.parse("")


@dataclass(frozen=True)
class _Answer:
    """The answer of an origin.

    Attributes:
        rules: of its robots.txt.
        problem: why the rules are not known; None if they are.
        until: the time of the monotonic clock up to which the answer is valid.
    """

    rules: Protego
    problem: FetchError | None
    until: float


class Robots:
    """Fetches the robots.txt of each origin (scheme, host and port), and remembers the answer.

    An answer is valid for a day, a failure for five minutes.
    """

    def __init__(self, client: HttpClient, *, interval_s: float) -> None:
        """Create an empty memory.

        Args:
            client: sends the requests.
            interval_s: seconds between requests to one host.
        """
        self._client = client
        self._interval_s = interval_s
        self._answers: dict[httpx.URL, _Answer] = {}

    def interval_s(self, url: httpx.URL, limit: TimeLimit) -> float:
        """Return the seconds that a site asks for between requests, if it allows a URL.

        Raises:
            FetchError: robots.txt does not allow the URL, or cannot be fetched.
        """
        origin = url.copy_with(raw_path=b"/robots.txt")
        answer = self._answers.get(origin)
        if answer is None or answer.until < time.monotonic():
            answer = self._fetch(origin, limit)
            if len(self._answers) >= _MAX_ORIGINS:
                del self._answers[next(iter(self._answers))]
            self._answers[origin] = answer
        if answer.problem is not None:
            # A new error each time: an error that is raised twice keeps both tracebacks.
            raise FetchError(str(answer.problem), temporary=answer.problem.temporary)
        if not answer.rules.can_fetch(str(url), AGENT):
            raise FetchError("robots.txt does not allow it")
        return min(answer.rules.crawl_delay(AGENT) or 0.0, MAX_DELAY_S)

    def _fetch(self, origin: httpx.URL, limit: TimeLimit) -> _Answer:
        try:
            rules = self._read(origin, limit)
        except Stopped:
            # This is not an answer of the site.
            raise
        except FetchError as error:
            problem = FetchError(str(error), temporary=error.temporary)
            return _Answer(_EVERYTHING, problem, time.monotonic() + _FAILURE_KEPT_S)
        return _Answer(rules, None, time.monotonic() + _KEPT_S)

    def _read(self, origin: httpx.URL, limit: TimeLimit) -> Protego:
        url = origin
        for _ in range(1 + _MAX_REDIRECTS):
            with self._client.get(url, limit, interval_s=self._interval_s) as reply:
                target = reply.redirect()
                if target is None:
                    return _rules(reply)
                url = target
        # The RFC treats too many redirects like a missing robots.txt.
        return _EVERYTHING


def _rules(reply: Reply) -> Protego:
    if reply.status >= 500:
        raise FetchError(
            f"its robots.txt cannot be read: it answered {reply.status}", temporary=True
        )
    if not 200 <= reply.status < 300:
        return _EVERYTHING
    text = _beginning(reply.pieces).decode("utf-8-sig", errors="replace")
    return Protego.parse("\n".join(_shortened(line) for line in text.splitlines()))


def _beginning(pieces: Iterable[bytes]) -> bytes:
    read = bytearray()
    for piece in pieces:
        read += piece
        if len(read) >= MAX_BYTES:
            break
    return bytes(read[:MAX_BYTES])


def _shortened(line: str) -> str:
    """Return a line of robots.txt with one common name for all other agents.

    Protego stores each rule for each agent of its group: thousands of both would fill the memory.
    It also takes a part of a name for the name, and our name with a version for another name.
    """
    named = _AGENT_LINE.match(line)
    if named is None:
        return line
    name = named[1].lower()
    return f"User-agent: {name if name in ('*', AGENT.lower()) else 'another'}"
