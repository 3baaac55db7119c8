"""Patterns over foreign text take time in proportion to it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from rag.answering.short_answers import _LIST_MARKS
from rag.text.dates.named import named_dates
from rag.text.numbers.amounts import amounts
from rag.text.quotation import stands_in
from tamngu.records.stream_safe import stream_safe

HOSTILE: dict[str, Callable[[int], object]] = {
    "spaces in a passage": lambda n: stands_in("x y", "a" + " " * n + "b"),
    "spaces between answers": lambda n: _LIST_MARKS.fullmatch("," + " " * n + "x"),
    "number words": lambda n: amounts("một " * (n // 4)),
    "numbers and spaces": lambda n: amounts("1" + " " * (n // 2) + "1 1/" * (n // 8)),
    "han numbers": lambda n: amounts("一分之" * (n // 3)),
    "days without a year": lambda n: named_dates("3/8 ngày 3 May " * (n // 64)),
    "marks in a row": lambda n: stream_safe("a" + "\u0301\u0323" * (n // 2)),
    "runs of marks": lambda n: stream_safe(("a" + "\u0301\u0323" * 15) * (n // 31)),
}


def cpu_s(work: Callable[[int], object], size: int) -> float:
    """Return the least CPU time, in seconds, of three calls."""
    took = []
    for _ in range(3):
        started = time.process_time()
        work(size)
        took.append(time.process_time() - started)
    return min(took)


@pytest.mark.parametrize("name", HOSTILE)
def test_the_time_grows_with_the_size(name: str) -> None:
    work = HOSTILE[name]
    # A quadratic pattern takes 16 times as long for four times the size, and seconds.
    assert cpu_s(work, 80_000) < max(10 * cpu_s(work, 20_000), 0.25)
