"""Fetching one URL after another, as a guest who behaves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from rag.fetching.addresses import is_public
from rag.fetching.errors import FetchError
from rag.fetching.guarded_backend import GuardedBackend
from rag.fetching.outcome import Fetched, NotModified
from rag.fetching.pauses import Pauses
from rag.fetching.robots import Robots
from rag.fetching.time_limit import TimeLimit
from rag.fetching.urls import checked_url
from rag.fetching.wire import Reply, Wire

_MOST_RETRIES = 2
_LONGEST_RETRY_S = 30.0
_RETRIED = frozenset({429, 503})
_PASSING = frozenset({408, 425, 429})

_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([a-z0-9_.:+-]+)""", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class FetchLimits:
    """How much a fetch may take, and how it treats hosts.

    Attributes:
        most_bytes: of a body, decompressed.
        most_redirects: to follow from one URL.
        timeout_s: seconds on the network for the whole of one fetch, robots.txt and redirects
            included; waiting for a host's turn, or as long as a busy host asks, does not count.
        delay_s: seconds from the start of one request to a host to the start of the next; more
            where robots.txt asks for it.
        allow_private: whether addresses that are not public may be reached.
    """

    most_bytes: int = 32 * 2**20
    most_redirects: int = 5
    timeout_s: float = 30.0
    delay_s: float = 1.0
    allow_private: bool = False


class Fetcher:
    """Fetches URLs, and closes what it opened when used as a context.

    One fetch is made at a time: but for :meth:`stop`, it is not safe to use from many threads. It
    remembers each site's robots.txt and when it last was asked, so one fetcher is for many URLs.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        *,
        backend: httpcore.NetworkBackend | None = None,
    ) -> None:
        """Fetch within limits.

        Args:
            limits: default: :class:`FetchLimits` as it is.
            backend: what connects; default: one that keeps to ``allow_private``.
        """
        self._limits = limits or FetchLimits()
        self._pauses = Pauses()
        if backend is None:
            is_allowed = _any_address if self._limits.allow_private else is_public
            backend = GuardedBackend(is_allowed=is_allowed, check=self._pauses.check)
        self._wire = Wire(backend, self._pauses)
        self._robots = Robots(self._wire, interval_s=self._limits.delay_s)

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open."""
        self._wire.close()

    def stop(self) -> None:
        """Let the fetch that is under way in another thread fail, as any later one does.

        It does so within a quarter of a second, unless it is looking a host up or connecting.
        """
        self._pauses.stop()

    def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched | NotModified:
        """Fetch a URL, if its site's robots.txt allows it, following redirects.

        Waits first until it is the host's turn. A host that is busy and says for how long, at
        most 30 s, is asked again twice.

        Args:
            url: of http or https.
            etag: what an earlier fetch of this URL came back with.
            last_modified: likewise.

        Raises:
            FetchError: it cannot be fetched, may not be, is too large or takes too long, or
                :meth:`stop` was called.
        """
        sent = {"If-None-Match": _plain(etag), "If-Modified-Since": _plain(last_modified)}
        conditions = {name: value for name, value in sent.items() if value}
        limit = TimeLimit(self._limits.timeout_s)
        target = checked_url(url)
        for _ in range(1 + self._limits.most_redirects):
            outcome = self._ask_patiently(target, conditions, limit)
            if not isinstance(outcome, httpx.URL):
                return outcome
            target = outcome
        raise FetchError(f"it redirects more than {self._limits.most_redirects} times")

    def _ask_patiently(
        self, url: httpx.URL, conditions: Mapping[str, str], limit: TimeLimit
    ) -> Fetched | NotModified | httpx.URL:
        retries_left = _MOST_RETRIES
        while True:
            try:
                return self._ask(url, conditions, limit)
            except _Busy as busy:
                if not retries_left or busy.wait_s > _LONGEST_RETRY_S:
                    raise
                wait_s = busy.wait_s
            retries_left -= 1
            self._pauses.wait(wait_s)

    def _ask(
        self, url: httpx.URL, conditions: Mapping[str, str], limit: TimeLimit
    ) -> Fetched | NotModified | httpx.URL:
        interval_s = max(self._limits.delay_s, self._robots.interval_s(url, limit))
        with self._wire.get(url, limit, interval_s=interval_s, headers=conditions) as reply:
            target = reply.redirect()
            if target is not None:
                return target
            if reply.status == httpx.codes.NOT_MODIFIED and conditions:
                return NotModified(str(url))
            if reply.status == httpx.codes.OK:
                return self._fetched(reply)
            raise _refusal(reply)

    def _fetched(self, reply: Reply) -> Fetched:
        content_type, charset = _content_type(reply.headers.get("content-type", ""))
        return Fetched(
            url=str(reply.url),
            content=self._whole(reply),
            content_type=content_type,
            charset=charset,
            etag=_plain(reply.headers.get("etag")),
            last_modified=_plain(reply.headers.get("last-modified")),
        )

    def _whole(self, reply: Reply) -> bytes:
        content = bytearray()
        for piece in reply.pieces:
            content += piece
            if len(content) > self._limits.most_bytes:
                raise FetchError(f"it is larger than {self._limits.most_bytes / 2**20:g} MiB")
        return bytes(content)


class _Busy(FetchError):
    """A server asks to come again after so many seconds."""

    def __init__(self, reason: str, wait_s: float) -> None:
        super().__init__(reason, passing=True)
        self.wait_s = wait_s


def _any_address(_: str) -> bool:
    return True


def _refusal(reply: Reply) -> FetchError:
    reason = f"it answered {reply.status}"
    if reply.status in _RETRIED:
        wait_s = _retry_after(reply.headers.get("retry-after", ""))
        if wait_s is not None:
            return _Busy(reason, wait_s)
    return FetchError(reason, passing=reply.status in _PASSING or reply.status >= 500)


def _retry_after(header: str) -> float | None:
    """Return the seconds that a server asks to wait, as a number or as a date (RFC 9110)."""
    if re.fullmatch(r"[0-9]{1,9}", header):
        return float(header)
    try:
        when = parsedate_to_datetime(header)
        when = when.replace(tzinfo=when.tzinfo or UTC)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None


def _content_type(header: str) -> tuple[str | None, str | None]:
    """Return the type without parameters, and the charset, both in lower case."""
    charset = _CHARSET.search(header)
    media_type = re.split("[;,]", header)[0].strip().lower()
    return media_type or None, charset[1].lower() if charset else None


def _plain(validator: str | None) -> str | None:
    """Return what may stand in a header, else None: the page is then fetched anew."""
    if validator and validator.isascii() and validator.isprintable():
        return validator
    return None
