"""How many requests one key or address may send: a token bucket for each."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from api.state import State

WINDOW_S = 60

MAX_BUCKETS = 10_000
"""Buckets that are kept, those used last; about 2 MB. Chosen manually, not tuned."""

ONE = 1 - 1e-6
"""Tokens that count as one: after the stated wait, rounding may leave a bucket a trace below it."""


@dataclass(frozen=True)
class Quota:
    """What remains of a limit after a request.

    Attributes:
        limit: requests a minute.
        remaining: requests that may follow at once.
        full_in_s: seconds until ``limit`` requests may be sent at once again.
        retry_in_s: seconds until one request may be sent; 0: this request was allowed.
    """

    limit: int
    remaining: int
    full_in_s: int
    retry_in_s: int

    def headers(self) -> dict[str, str]:
        """Return the headers of draft-ietf-httpapi-ratelimit-headers-10, and Retry-After."""
        headers = {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW_S}',
            "RateLimit": f'"minute";r={self.remaining};t={self.full_in_s}',
        }
        if self.retry_in_s:
            headers["Retry-After"] = str(self.retry_in_s)
        return headers


class RateLimit:
    """A bucket of ``per_minute`` tokens for each client, filled evenly over a minute.

    Belongs to one event loop, so it needs no lock.
    """

    def __init__(
        self,
        per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        max_buckets: int = MAX_BUCKETS,
    ) -> None:
        """Begin with full buckets.

        Args:
            per_minute: requests; at least 1.
            clock: returns seconds.
            max_buckets: buckets that are kept. Beyond them, the least recently used bucket is
                dropped, and its client begins with a full bucket again.
        """
        self._limit = per_minute
        self._clock = clock
        self._max_buckets = max_buckets
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of buckets that are kept."""
        return len(self._buckets)

    def take(self, client: str) -> Quota:
        """Take a token from the bucket of a key or address if it has one; return what remains."""
        now = self._clock()
        tokens = self._tokens(client, now)
        is_allowed = tokens >= ONE
        tokens = max(0.0, tokens - is_allowed)
        self._buckets[client] = tokens, now
        self._buckets.move_to_end(client)
        if len(self._buckets) > self._max_buckets:
            self._buckets.popitem(last=False)
        return quota(self._limit, tokens, is_allowed=is_allowed)

    def retry_in_s(self, client: str) -> int:
        """Return the seconds until the bucket of a key or address has a token; 0: it has one."""
        tokens = self._tokens(client, self._clock())
        return 0 if tokens >= ONE else _wait_s(self._limit, tokens)

    def _tokens(self, client: str, now: float) -> float:
        tokens, updated_at = self._buckets.get(client, (float(self._limit), now))
        return min(self._limit, tokens + (now - updated_at) * self._limit / WINDOW_S)


def shared_limit(state: State, per_minute: int) -> Callable[[str], Quota] | None:
    """Return what counts the requests at all processes of a cluster; None: there is no such limit.

    Args:
        state: of the service.
        per_minute: requests; 0: no limit.
    """
    if isinstance(state, Path) or not per_minute:
        return None
    from api.auth.shared_rate_limit import SharedRateLimit

    return SharedRateLimit(state, per_minute).take


def quota(limit: int, tokens: float, *, is_allowed: bool) -> Quota:
    """Return what remains of a bucket of ``limit`` tokens that now has so many of them."""
    return Quota(
        limit=limit,
        remaining=int(tokens),
        full_in_s=math.ceil((limit - tokens) / (limit / WINDOW_S)),
        retry_in_s=0 if is_allowed else _wait_s(limit, tokens),
    )


def _wait_s(limit: int, tokens: float) -> int:
    return max(1, math.ceil((1 - tokens) / (limit / WINDOW_S)))
