"""Patterns over foreign text take time in proportion to it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from rag.answering.short_answers import _LIST_MARKS
from rag.text.dates.named import named_dates
from rag.text.numbers.amounts import amounts
from rag.text.provisions.asked import asked_provision
from rag.text.provisions.in_text import provision_text
from rag.text.quotation import stands_in
from tamngu.records.stream_safe import stream_safe


def provision_of(text: str) -> object:
    asked = asked_provision("Điều 3")
    assert asked is not None
    return provision_text(text, asked)


HOSTILE: dict[str, Callable[[int], object]] = {
    "spaces in a passage": lambda n: stands_in("x y", "a" + " " * n + "b"),
    "spaces between answers": lambda n: _LIST_MARKS.fullmatch("," + " " * n + "x"),
    "number words": lambda n: amounts("một " * (n // 4)),
    "numbers and spaces": lambda n: amounts("1" + " " * (n // 2) + "1 1/" * (n // 8)),
    "han numbers": lambda n: amounts("一分之" * (n // 3)),
    "days without a year": lambda n: named_dates("3/8 ngày 3 May " * (n // 64)),
    "numbers of provisions": lambda n: asked_provision("第三条 Điều 3 khoản 2 " * (n // 20)),
    "headings of provisions": lambda n: provision_of("Điều 3\n第三条\n" * (n // 11)),
    "lines that could be headings": lambda n: provision_of("#* " * (n // 3) + "Điều 3"),
    "money and halves": lambda n: amounts("$3 - 4m 年半 两个半 " * (n // 16)),
    "financial numerals": lambda n: amounts("壹万零" * (n // 3)),
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
