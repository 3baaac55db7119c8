"""The short form of the fuzzer: some inputs of each target, the same ones each time."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from tests.fuzz.loop import Loop
from tests.fuzz.requests import OTHERS, QUESTIONS
from tests.fuzz.service import FuzzedService
from tests.fuzz.structures import dumped
from tests.fuzz.targets import TARGETS

_INPUTS = 60
_MOST_S = 2.0
"""Inputs of each target, and the seconds of computing time after which no further one is given."""


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_is_found(name: str) -> None:
    with closing(Loop(TARGETS[name], 20)) as loop:
        ends = time.process_time() + _MOST_S
        while loop.executions < _INPUTS and (loop.executions < 2 or time.process_time() < ends):
            finding = loop.given(loop.next_input())
            assert finding is None, f"{finding.what}\n{finding.data!r:.2000}"


def test_every_request_that_is_changed_reaches_its_route() -> None:
    with closing(FuzzedService()) as service:
        statuses = [service.status(dumped(each)) for each in (*QUESTIONS, *OTHERS)]
    assert all(status < 405 or status == 412 for status in statuses), statuses
    assert sum(status < 300 for status in statuses) > 25, statuses
