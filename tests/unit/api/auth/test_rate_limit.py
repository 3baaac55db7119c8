"""Token buckets, one for each key or address."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.auth.guard import is_loopback
from api.auth.rate_limit import WINDOW_S, RateLimit


def test_a_bucket_empties_and_fills_again() -> None:
    now = 0.0
    limit = RateLimit(6, lambda: now)
    first = [limit.take("a") for _ in range(7)]
    assert [quota.remaining for quota in first] == [5, 4, 3, 2, 1, 0, 0]
    assert [quota.retry_in_s for quota in first] == [0, 0, 0, 0, 0, 0, 10]
    assert first[-1].full_in_s == 60
    assert limit.take("b").remaining == 5
    now = 9.9
    assert limit.take("a").retry_in_s == 1
    now = 10.0
    assert limit.take("a").retry_in_s == 0
    now = 1000.0
    assert limit.take("a").headers() == {
        "RateLimit-Policy": '"minute";q=6;w=60',
        "RateLimit": '"minute";r=5;t=10',
    }


@example(limit=1, pauses=[4.183301722509903])
@given(
    limit=st.integers(1, 600),
    pauses=st.lists(st.floats(0, 90, allow_subnormal=False), min_size=1, max_size=60),
)
def test_no_minute_has_more_than_twice_the_limit_and_who_waits_as_told_is_served(
    limit: int, pauses: list[float]
) -> None:
    now = 0.0
    bucket = RateLimit(limit, lambda: now)
    allowed: list[float] = []
    for pause in pauses:
        now += pause
        # Three at a time, so that buckets run empty.
        for quota in [bucket.take("a") for _ in range(3)]:
            assert 0 <= quota.remaining < limit
            assert (quota.retry_in_s == 0) or (quota.remaining == 0)
            if quota.retry_in_s == 0:
                allowed.append(now)
        told = bucket.retry_in_s("a")
        if told:
            now += told
            assert bucket.take("a").retry_in_s == 0
            allowed.append(now)
    for first in allowed:
        assert sum(first <= at <= first + WINDOW_S for at in allowed) <= 2 * limit


def test_the_last_request_of_a_full_bucket_is_allowed_and_the_next_is_not() -> None:
    now = 0.0
    limit = RateLimit(3, lambda: now)
    assert [limit.take("a").retry_in_s for _ in range(4)] == [0, 0, 0, 20]
    # A refused request takes nothing, so a client that goes on asking is served in time.
    now = 19.999
    assert limit.take("a").retry_in_s == 1
    now = 20.0
    assert [limit.take("a").retry_in_s for _ in range(2)] == [0, 20]


def test_the_number_of_buckets_is_limited() -> None:
    limit = RateLimit(2, lambda: 0.0, max_buckets=3)
    for client in "abcabd":
        limit.take(client)
    assert len(limit) == 3
    assert limit.take("a").retry_in_s > 0
    assert limit.take("c").remaining == 1


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("LocalHost", True),
        *((host, False) for host in ("", "0.0.0.0", "::", "10.0.0.1", "localhost.evil.example")),
        *((host, False) for host in ("127.0.0.1.evil.example", "::ffff:10.0.0.1", "0", "*")),
    ],
)
def test_only_loopback_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
