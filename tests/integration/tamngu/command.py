"""A command run in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from tamngu.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Run a command; return its exit code, and what it printed to both streams."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    output = capsys.readouterr()
    assert isinstance(ended.value.code, int | None)
    return ended.value.code or 0, output.out, output.err
