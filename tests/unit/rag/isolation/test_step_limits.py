"""Limits in this process, so large that they end nothing."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Iterator

import pytest

from rag.isolation.limits import Allowance
from rag.isolation.step_limits import StepLimits

ALLOWED = Allowance(cpu_s=10**5, memory_mb=10**6)


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    kinds = (resource.RLIMIT_CPU, resource.RLIMIT_AS)
    before = [resource.getrlimit(kind) for kind in kinds]
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    for kind, values in zip(kinds, before, strict=True):
        resource.setrlimit(kind, values)


def alarm_s() -> float:
    return signal.getitimer(signal.ITIMER_REAL)[0]


def test_a_step_has_the_computing_time_and_the_memory_that_it_is_allowed() -> None:
    limits = StepLimits()
    limits.begin(ALLOWED)
    cpu_s = resource.getrlimit(resource.RLIMIT_CPU)[0] - time.process_time()
    assert 0 < cpu_s - ALLOWED.cpu_s <= 1
    memory = resource.getrlimit(resource.RLIMIT_AS)[0]
    assert memory > ALLOWED.memory_mb * 2**20
    assert ALLOWED.wall_s / 2 < alarm_s() <= ALLOWED.wall_s
    assert not limits.holds_much


def test_waiting_costs_nothing() -> None:
    limits = StepLimits()
    limits.begin(ALLOWED)
    with limits.paused():
        assert alarm_s() == 0
    assert alarm_s() > 0
    limits.end()
    assert alarm_s() == 0


def test_a_process_that_has_grown_holds_much() -> None:
    limits = StepLimits()
    limits.begin(Allowance(cpu_s=10**5, memory_mb=1000))
    seen = [limits.holds_much]
    held = bytearray(400 * 2**20)
    seen.append(limits.holds_much)
    del held
    seen.append(limits.holds_much)
    assert seen == [False, True, False]
