from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from rag.isolation.done import Done

PLACES = [f"/{a}" for a in range(6)] + [f"/{a}/{b}" for a in range(3) for b in range(4)]


@given(st.randoms(use_true_random=False), st.integers(0, len(PLACES)))
def test_exactly_what_was_added_is_done(order: random.Random, count: int) -> None:
    places = order.sample(PLACES, count)
    done = Done()
    for place in places:
        done.add(place)
    for place in PLACES:
        container = place.rpartition("/")[0]
        # What is inside a document that is done is not asked for again.
        if container not in places:
            assert done.has(place) == (place in places)


def test_members_that_are_read_in_their_order_are_not_remembered_one_by_one() -> None:
    done = Done()
    for number in range(1000):
        done.add(f"/{number}/0")
        done.add(f"/{number}")
    assert done == Done({"": 1000}, {"": set()})
