from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from embeddings.openvino.micro_batch import MicroBatcher
from tests.waiting import PATIENCE_S


class Recorder:
    """Doubles numbers slowly, one call at a time, and records its calls."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self._running = threading.Lock()

    def __call__(self, items: list[int]) -> list[int]:
        assert self._running.acquire(blocking=False), "two batches at a time"
        try:
            self.calls.append(items)
            time.sleep(0.02)
            if -1 in items:
                raise ValueError("minus one")
            return [2 * item for item in items]
        finally:
            self._running.release()


def test_a_lone_call_runs_at_once_and_alone() -> None:
    recorder = Recorder()
    together = MicroBatcher(recorder, lambda _: 1, 100)
    assert together([3, 4]) == [6, 8]
    assert together([5]) == [10]
    assert recorder.calls == [[3, 4], [5]]


def test_calls_that_come_during_a_run_are_one_run_with_their_own_results() -> None:
    sizes = []
    started, go_on = threading.Event(), threading.Event()

    def run(items: list[int]) -> list[int]:
        sizes.append(len(items))
        started.set()
        assert go_on.wait(PATIENCE_S)
        return [2 * item for item in items]

    together = MicroBatcher(run, lambda _: 1, 100)
    with ThreadPoolExecutor(16) as pool:
        calls = [pool.submit(together, [0, 1000])]
        assert started.wait(PATIENCE_S)
        calls += [pool.submit(together, [i, i + 1000]) for i in range(1, 16)]
        time.sleep(0.5)
        go_on.set()
        results = [call.result(PATIENCE_S) for call in calls]
    assert results == [[2 * i, 2 * i + 2000] for i in range(16)]
    assert sizes == [2, 30]


def test_no_call_is_lost_and_no_two_run_at_a_time() -> None:
    recorder = Recorder()
    together = MicroBatcher(recorder, lambda _: 1, 100)
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda i: together([i]), range(160)))
    assert results == [[2 * i] for i in range(160)]
    assert sorted(item for call in recorder.calls for item in call) == list(range(160))


def test_a_batch_stops_at_the_limit_and_a_large_call_is_not_cut() -> None:
    recorder = Recorder()
    together = MicroBatcher(recorder, lambda item: item, 10)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: together([i]), [4] * 16))
    assert max(map(len, recorder.calls)) == 2
    assert together([20, 30]) == [40, 60]


def test_an_error_reaches_those_of_its_batch_and_nobody_waits_for_ever() -> None:
    recorder = Recorder()
    together = MicroBatcher(recorder, lambda _: 1, 2)

    def call(item: int) -> object:
        try:
            return together([item])
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(call, [-1, *range(1, 24)]))
    assert results[0] == "minus one"
    failed = [item for item in results if item == "minus one"]
    assert len(failed) <= 2
    assert together([7]) == [14]


def test_an_interruption_is_for_the_thread_that_runs_alone() -> None:
    started, go_on = threading.Event(), threading.Event()

    def run(items: list[int]) -> list[int]:
        if items == [0]:
            started.set()
            assert go_on.wait(PATIENCE_S)
            raise KeyboardInterrupt
        return items

    together = MicroBatcher(run, lambda _: 1, 100)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(together, [0])
        assert started.wait(PATIENCE_S)
        second = pool.submit(together, [1])
        go_on.set()
        with pytest.raises(KeyboardInterrupt):
            first.result(PATIENCE_S)
        assert second.result(PATIENCE_S) == [1]


def test_an_interruption_between_two_runs_leaves_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started, go_on = threading.Event(), threading.Event()

    def run(items: list[int]) -> list[int]:
        started.set()
        assert go_on.wait(PATIENCE_S)
        return items

    def interrupted(_: float) -> None:
        monkeypatch.undo()
        raise KeyboardInterrupt

    together = MicroBatcher(run, lambda _: 1, 100)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(together, [0])
        assert started.wait(PATIENCE_S)
        second = pool.submit(together, [1])
        time.sleep(0.2)
        monkeypatch.setattr("embeddings.openvino.micro_batch.time.sleep", interrupted)
        go_on.set()
        with pytest.raises(KeyboardInterrupt):
            first.result(PATIENCE_S)
        assert second.result(PATIENCE_S) == [1]
    assert together([2]) == [2]
