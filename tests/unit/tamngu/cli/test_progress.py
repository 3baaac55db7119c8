from __future__ import annotations

import io
import sys

import pytest

from tamngu.cli.progress import progress_bar
from tests.waiting import wait_until


class TerminalOutput(io.StringIO):
    """Standard error that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_bar_is_shown_after_a_second_although_all_updates_came_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = TerminalOutput()
    monkeypatch.setattr(sys, "stderr", shown)
    with progress_bar(10, "article", "Checking") as bar:
        bar.update(10)
        wait_until(lambda: "100%" in shown.getvalue())
    # It is cleared at the end.
    assert shown.getvalue().endswith("\r")


def test_nothing_is_shown_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    with progress_bar(10, "article") as bar:
        bar.update(10)
    assert not shown.getvalue()
