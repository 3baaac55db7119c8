"""How many requests one key or address may send: a token bucket for each."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_S = 60

MAX_BUCKETS = 10_000
"""Keys and addresses that are remembered, those seen last; set by hand: about 2 MB."""


@dataclass(frozen=True)
class Quota:
    """What a request has left of its limit.

    Attributes:
        limit: requests a minute.
        remaining: requests that may follow at once.
        full_in_s: seconds until all of ``limit`` may be sent at once again.
        retry_in_s: seconds until one may be sent; 0: this one may.
    """

    limit: int
    remaining: int
    full_in_s: int
    retry_in_s: int

    def headers(self) -> dict[str, str]:
        """Return the fields of draft-ietf-httpapi-ratelimit-headers-10, and Retry-After."""
        fields = {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW_S}',
            "RateLimit": f'"minute";r={self.remaining};t={self.full_in_s}',
        }
        if self.retry_in_s:
            fields["Retry-After"] = str(self.retry_in_s)
        return fields


class RateLimit:
    """A bucket of ``per_minute`` tokens for each key or address, filled evenly over a minute.

    Belongs to one event loop: nothing is locked.
    """

    def __init__(
        self,
        per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        most: int = MAX_BUCKETS,
    ) -> None:
        """Begin with full buckets.

        Args:
            per_minute: requests; at least 1.
            clock: returns seconds.
            most: buckets kept; the ones not used for longest are forgotten, thus full again.
        """
        self._limit = per_minute
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """Return how many buckets are kept."""
        return len(self._buckets)

    def take(self, who: str) -> Quota:
        """Take a token from a bucket, if it has one; say what is left."""
        now = self._clock()
        tokens, since = self._buckets.pop(who, (float(self._limit), now))
        a_second = self._limit / WINDOW_S
        tokens = min(self._limit, tokens + (now - since) * a_second)
        is_let_in = tokens >= 1
        tokens -= is_let_in
        self._buckets[who] = tokens, now
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return Quota(
            limit=self._limit,
            remaining=int(tokens),
            full_in_s=math.ceil((self._limit - tokens) / a_second),
            retry_in_s=0 if is_let_in else max(1, math.ceil((1 - tokens) / a_second)),
        )
