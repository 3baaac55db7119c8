"""Fetching of URLs one after another, without a burden to their hosts."""

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
from rag.fetching.http_client import HttpClient, Reply
from rag.fetching.outcome import Fetched, NotModified
from rag.fetching.robots import Robots
from rag.fetching.stoppable_wait import StoppableWait
from rag.fetching.time_limit import TimeLimit
from rag.fetching.urls import checked_url

_MAX_RETRIES = 2
_MAX_RETRY_WAIT_S = 30.0
_RETRIED = frozenset({429, 503})
_TEMPORARY = frozenset({408, 425, 429})

_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([a-z0-9_.:+-]+)""", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class FetchLimits:
    """The limits of a fetch.

    Attributes:
        max_bytes: of a decompressed body.
        max_redirects: that are followed from one URL.
        timeout_s: seconds on the network for one whole fetch, with robots.txt and redirects; the
            time between requests, and the time that a busy host asks to wait, do not count.
        delay_s: seconds from the start of one request to a host to the start of the next;
            robots.txt can ask for more.
        allow_private: whether addresses that are not public are allowed.
    """

    max_bytes: int = 32 * 2**20
    max_redirects: int = 5
    timeout_s: float = 30.0
    delay_s: float = 1.0
    allow_private: bool = False


class Fetcher:
    """Fetches URLs; as a context manager it closes its connections at the end.

    It makes one fetch at a time: only :meth:`stop` may be called from another thread. It remembers
    each site's robots.txt and the time of the last request to each host, so use one fetcher for
    many URLs.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        *,
        backend: httpcore.NetworkBackend | None = None,
    ) -> None:
        """Create a fetcher.

        Args:
            limits: default: the defaults of :class:`FetchLimits`.
            backend: makes the connections; default: a backend that observes ``allow_private``.
        """
        self._limits = limits or FetchLimits()
        self._waiting = StoppableWait()
        if backend is None:
            is_allowed = _any_address if self._limits.allow_private else is_public
            backend = GuardedBackend(is_allowed=is_allowed, check=self._waiting.check)
        self._client = HttpClient(backend, self._waiting)
        self._robots = Robots(self._client, interval_s=self._limits.delay_s)

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def stop(self) -> None:
        """End the fetch that another thread is making, and all later ones, with an error.

        The fetch ends within a quarter of a second, unless it is resolving a host or connecting.
        """
        self._waiting.stop()

    def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched | NotModified:
        """Fetch a URL, if its site's robots.txt allows it, following redirects.

        First it waits until the next request to the host is allowed. If a host is busy and asks to
        wait at most 30 s, the request is repeated up to two times.

        Args:
            url: an http or https URL.
            etag: the attribute of an earlier result for this URL.
            last_modified: the attribute of an earlier result for this URL.

        Raises:
            FetchError: the URL cannot be fetched, is not allowed by robots.txt, is too large or
                takes too long, or :meth:`stop` was called.
        """
        sent = {"If-None-Match": _plain(etag), "If-Modified-Since": _plain(last_modified)}
        conditions = {name: value for name, value in sent.items() if value}
        limit = TimeLimit(self._limits.timeout_s)
        target = checked_url(url)
        for _ in range(1 + self._limits.max_redirects):
            outcome = self._request_with_retries(target, conditions, limit)
            if not isinstance(outcome, httpx.URL):
                return outcome
            target = outcome
        raise FetchError(f"it redirects more than {self._limits.max_redirects} times")

    def _request_with_retries(
        self, url: httpx.URL, conditions: Mapping[str, str], limit: TimeLimit
    ) -> Fetched | NotModified | httpx.URL:
        retries_left = _MAX_RETRIES
        while True:
            try:
                return self._request(url, conditions, limit)
            except _Busy as busy:
                if not retries_left or busy.wait_s > _MAX_RETRY_WAIT_S:
                    raise
                wait_s = busy.wait_s
            retries_left -= 1
            self._waiting.wait(wait_s)

    def _request(
        self, url: httpx.URL, conditions: Mapping[str, str], limit: TimeLimit
    ) -> Fetched | NotModified | httpx.URL:
        interval_s = max(self._limits.delay_s, self._robots.interval_s(url, limit))
        with self._client.get(url, limit, interval_s=interval_s, headers=conditions) as reply:
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
            content=self._body(reply),
            content_type=content_type,
            charset=charset,
            etag=_plain(reply.headers.get("etag")),
            last_modified=_plain(reply.headers.get("last-modified")),
        )

    def _body(self, reply: Reply) -> bytes:
        content = bytearray()
        for piece in reply.pieces:
            content += piece
            if len(content) > self._limits.max_bytes:
                raise FetchError(f"it is larger than {self._limits.max_bytes / 2**20:g} MiB")
        return bytes(content)


class _Busy(FetchError):
    """A server asks to repeat the request after some seconds."""

    def __init__(self, reason: str, wait_s: float) -> None:
        super().__init__(reason, temporary=True)
        self.wait_s = wait_s


def _any_address(_: str) -> bool:
    return True


def _refusal(reply: Reply) -> FetchError:
    reason = f"it answered {reply.status}"
    if reply.status in _RETRIED:
        wait_s = _retry_after(reply.headers.get("retry-after", ""))
        if wait_s is not None:
            return _Busy(reason, wait_s)
    return FetchError(reason, temporary=reply.status in _TEMPORARY or reply.status >= 500)


def _retry_after(header: str) -> float | None:
    """Return the seconds that a server asks to wait, stated as a number or a date (RFC 9110)."""
    if re.fullmatch(r"[0-9]{1,9}", header):
        return float(header)
    try:
        when = parsedate_to_datetime(header)
        when = when.replace(tzinfo=when.tzinfo or UTC)
        return max(0.0, (when - datetime.now(UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None


def _content_type(header: str) -> tuple[str | None, str | None]:
    """Return the media type without parameters and the charset, both in lower case."""
    charset = _CHARSET.search(header)
    media_type = re.split("[;,]", header)[0].strip().lower()
    return media_type or None, charset[1].lower() if charset else None


def _plain(validator: str | None) -> str | None:
    """Return a validator if a header allows it; None, so that the page is fetched again, if not."""
    if validator and validator.isascii() and validator.isprintable():
        return validator
    return None
