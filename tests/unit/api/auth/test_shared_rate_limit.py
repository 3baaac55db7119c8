"""Buckets of tokens that processes share."""

from __future__ import annotations

import threading

from api.auth.rate_limit import Quota
from api.auth.shared_rate_limit import SharedRateLimit
from api.cluster.state import ClusterState
from tests.unit.api.conftest import States


def limits(states: States, per_minute: int) -> list[SharedRateLimit]:
    made = [states() for _ in range(2)]
    return [SharedRateLimit(each, per_minute) for each in made if isinstance(each, ClusterState)]


def test_two_processes_empty_one_bucket(cluster_states: States) -> None:
    one, other = limits(cluster_states, 2)
    assert (one.take("a").remaining, other.take("a").remaining) == (1, 0)
    refused = one.take("a")
    assert (refused.limit, refused.remaining) == (2, 0)
    assert 0 < refused.retry_in_s <= 30
    assert other.take("b").retry_in_s == 0


def test_no_token_is_taken_twice(cluster_states: States) -> None:
    both = limits(cluster_states, 5)
    taken: list[Quota] = []

    def take(limit: SharedRateLimit) -> None:
        taken.extend(limit.take("a") for _ in range(5))

    threads = [threading.Thread(target=take, args=(limit,)) for limit in both * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    allowed = sum(quota.retry_in_s == 0 for quota in taken)
    # A token comes back every twelve seconds, and a slow machine may need some.
    assert 5 <= allowed < len(taken)


def test_a_bucket_fills_evenly(cluster_states: States) -> None:
    state = cluster_states()
    assert isinstance(state, ClusterState)
    limit = SharedRateLimit(state, 6)
    for _ in range(6):
        limit.take("a")
    with state.tables("buckets", "", 1, "").transaction() as transaction:
        transaction.execute("UPDATE buckets SET tokens = 0, at = now() - interval '21 seconds'")
    assert limit.take("a").remaining == 1
    with state.tables("buckets", "", 1, "").transaction() as transaction:
        transaction.execute("UPDATE buckets SET at = now() - interval '1 hour'")
    assert limit.take("a").remaining == 5
