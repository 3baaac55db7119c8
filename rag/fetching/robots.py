"""What a site's robots.txt allows (RFC 9309)."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass

import httpx
from protego import Protego

from rag.fetching.errors import FetchError
from rag.fetching.pauses import Stopped
from rag.fetching.time_limit import TimeLimit
from rag.fetching.wire import AGENT, Reply, Wire

MAX_BYTES = 500 * 1024
"""Of a robots.txt; what is beyond is not read."""

LONGEST_DELAY_S = 30.0
"""A longer ``Crawl-delay`` is taken for this one."""

_MOST_REDIRECTS = 5
_MOST_ORIGINS = 256
_KEPT_S = 24 * 3600.0
_FAILURE_KEPT_S = 300.0

_AGENT_LINE = re.compile(r"\s*user[\s-]*agent(?=[\s:])\s*:?\s*(\*(?!\S)|[a-z_-]*)", re.IGNORECASE)

_EVERYTHING = Protego.parse("")


@dataclass(frozen=True)
class _Kept:
    """What is known of one origin until a time of the monotonic clock: rules, or a problem."""

    rules: Protego
    problem: FetchError | None
    until: float


class Robots:
    """Asks each origin (scheme, host and port) for its robots.txt, and remembers the answer.

    An answer is good for a day; that there was none, for five minutes.
    """

    def __init__(self, wire: Wire, *, interval_s: float) -> None:
        """Ask over a wire, leaving so many seconds between requests to one host."""
        self._wire = wire
        self._interval_s = interval_s
        self._kept: dict[httpx.URL, _Kept] = {}

    def interval_s(self, url: httpx.URL, limit: TimeLimit) -> float:
        """Return the seconds that the site wants between requests, if it allows this one.

        Raises:
            FetchError: it does not, or cannot be asked.
        """
        origin = url.copy_with(raw_path=b"/robots.txt")
        kept = self._kept.get(origin)
        if kept is None or kept.until < time.monotonic():
            kept = self._ask(origin, limit)
            if len(self._kept) >= _MOST_ORIGINS:
                del self._kept[next(iter(self._kept))]
            self._kept[origin] = kept
        if kept.problem is not None:
            # A new one each time: an error that is raised twice keeps both its tracebacks.
            raise FetchError(str(kept.problem), passing=kept.problem.passing)
        if not kept.rules.can_fetch(str(url), AGENT):
            raise FetchError("robots.txt does not allow it")
        return min(kept.rules.crawl_delay(AGENT) or 0.0, LONGEST_DELAY_S)

    def _ask(self, origin: httpx.URL, limit: TimeLimit) -> _Kept:
        try:
            rules = self._read(origin, limit)
        except Stopped:
            # That says nothing about the site.
            raise
        except FetchError as error:
            problem = FetchError(str(error), passing=error.passing)
            return _Kept(_EVERYTHING, problem, time.monotonic() + _FAILURE_KEPT_S)
        return _Kept(rules, None, time.monotonic() + _KEPT_S)

    def _read(self, origin: httpx.URL, limit: TimeLimit) -> Protego:
        url = origin
        for _ in range(1 + _MOST_REDIRECTS):
            with self._wire.get(url, limit, interval_s=self._interval_s) as reply:
                target = reply.redirect()
                if target is None:
                    return _rules(reply)
                url = target
        # To the RFC, that is as good as no robots.txt.
        return _EVERYTHING


def _rules(reply: Reply) -> Protego:
    if reply.status >= 500:
        raise FetchError(f"its robots.txt cannot be read: it answered {reply.status}", passing=True)
    if not 200 <= reply.status < 300:
        return _EVERYTHING
    text = _beginning(reply.pieces).decode("utf-8-sig", errors="replace")
    return Protego.parse("\n".join(_made_short(line) for line in text.splitlines()))


def _beginning(pieces: Iterable[bytes]) -> bytes:
    read = bytearray()
    for piece in pieces:
        read += piece
        if len(read) >= MAX_BYTES:
            break
    return bytes(read[:MAX_BYTES])


def _made_short(line: str) -> str:
    """Give all other agents one name.

    Protego stores each rule for each agent of its group: thousands of either would fill the
    memory. It also takes a part of a name for the name, and ours with a version for another.
    """
    named = _AGENT_LINE.match(line)
    if named is None:
        return line
    name = named[1].lower()
    return f"User-agent: {name if name in ('*', AGENT.lower()) else 'another'}"
