from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from api.errors import Overloaded
from api.worker_pool import WorkerPool
from rag.stages import check
from tests.waiting import PATIENCE_S

LIMIT_S = 0.05


def run(work: Callable[[], str], *, finishes: bool, at_end: Callable[[], object]) -> str:
    """Run a function in a pool with a short time limit; return what its caller gets."""

    async def call() -> str:
        pool = WorkerPool(1, 0, LIMIT_S, finishes=finishes)
        try:
            return await pool.run(work)
        finally:
            at_end()
            pool.close()

    return asyncio.run(call())


def test_a_question_is_not_waited_for_beyond_the_limit() -> None:
    asked_to_end = threading.Event()

    def work() -> str:
        assert asked_to_end.wait(PATIENCE_S)
        return "answer"

    with pytest.raises(Overloaded, match=f"longer than {LIMIT_S} s"):
        run(work, finishes=False, at_end=asked_to_end.set)


def test_a_change_ends_at_its_next_check_when_the_time_is_up() -> None:
    def work() -> str:
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            check()
            time.sleep(0.01)
        return "stored"

    with pytest.raises(Overloaded, match="stored until then stays"):
        run(work, finishes=True, at_end=lambda: None)


def test_a_change_that_cannot_end_any_more_says_what_it_did() -> None:
    def work() -> str:
        time.sleep(4 * LIMIT_S)
        return "stored"

    assert run(work, finishes=True, at_end=lambda: None) == "stored"
