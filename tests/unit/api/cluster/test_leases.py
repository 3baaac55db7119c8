"""Locks of processes that give signs of life."""

from __future__ import annotations

import pytest

from api.cluster.state import ClusterState
from tests.unit.api.conftest import States


@pytest.fixture
def two(cluster_states: States) -> tuple[ClusterState, ClusterState]:
    one, other = cluster_states(), cluster_states()
    assert isinstance(one, ClusterState)
    assert isinstance(other, ClusterState)
    return one, other


def forget(state: ClusterState) -> None:
    """Let a process have given no sign of life for the time of a lease."""
    with state.tables("leases", "", 1, "").transaction() as transaction:
        changed = transaction.execute(
            "UPDATE holders SET until = now() WHERE id = ?", (state.leases.owner,)
        )
        assert changed.rowcount == 1


def test_one_process_holds_a_lock(two: tuple[ClusterState, ClusterState]) -> None:
    one, other = (state.leases for state in two)
    with one.try_lock("a") as is_held:
        assert is_held is not None
        assert is_held()
        for leases in (one, other):
            with leases.try_lock("a") as nobody:
                assert nobody is None
        with other.try_lock("b") as another:
            assert another is not None
        assert is_held()
    with other.try_lock("a") as next_one:
        assert next_one is not None
        assert not is_held()


def test_a_lock_without_signs_of_life_is_taken_over(two: tuple[ClusterState, ClusterState]) -> None:
    one, other = two
    with one.leases.try_lock("a") as is_held:
        assert is_held is not None
        assert other.leases.is_alive(one.leases.owner)
        forget(one)
        assert not other.leases.is_alive(one.leases.owner)
        # Nobody has taken the lock yet.
        assert is_held()
        with other.leases.try_lock("a") as taken:
            assert taken is not None
            assert not is_held()
            # Signs of life that come late bring nothing back.
            one.leases._give_sign()
            assert taken()
            assert not is_held()
    # The first holder ended after the second one had begun, and released nothing of it.
    with other.leases.try_lock("a") as again:
        assert again is not None


def test_a_process_that_ends_frees_its_locks_at_once(
    two: tuple[ClusterState, ClusterState],
) -> None:
    one, other = (state.leases for state in two)
    with one.try_lock("a"):
        one.close()
        with other.try_lock("a") as taken:
            assert taken is not None


def test_a_process_takes_the_lock_again_that_it_could_not_release(
    two: tuple[ClusterState, ClusterState],
) -> None:
    one, other = two
    one.leases.begin()
    with one.tables("leases", "", 1, "").transaction() as transaction:
        transaction.execute("INSERT INTO locks VALUES ('a', ?)", (one.leases.owner,))
    with other.leases.try_lock("a") as nobody:
        assert nobody is None
    with one.leases.try_lock("a") as taken:
        assert taken is not None
