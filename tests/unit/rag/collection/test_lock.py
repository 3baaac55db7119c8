"""A lock that another process holds: who waits is told by whom and since when."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from api.error_responses import detail_of
from rag.collection.lock import compacting, writing
from rag.errors import CollectionBusy
from tests.permissions import mode_of
from tests.waiting import PATIENCE_S, wait_until

HOLD = """
import sys
from pathlib import Path
from rag.collection.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_elsewhere(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process hold the writer lock of a collection inside the block."""
    words = [sys.executable, "-c", HOLD, str(directory)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def refusal(directory: Path) -> CollectionBusy:
    with pytest.raises(CollectionBusy) as refused, writing(directory):
        pass
    return refused.value


def test_the_process_and_the_time_are_named(tmp_path: Path) -> None:
    before = datetime.now().replace(microsecond=0)
    with held_elsewhere(tmp_path) as process:
        message = str(refusal(tmp_path))
    found = re.search(rf"\(process {process.pid}, since ([^)]*)\); try again", message)
    assert found, message
    assert before <= datetime.fromisoformat(found[1]) <= datetime.now()
    assert mode_of(tmp_path / "writer.lock") == mode_of(tmp_path / "writer.lock.holder") == 0o600


def test_callers_of_the_service_are_not_told_the_process(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path):
        detail = detail_of(refusal(tmp_path), tmp_path)
    assert detail == (
        f"Another process is writing to the collection {tmp_path.name!r}; "
        "try again when it has finished."
    )


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system shows no processes")
def test_a_stopped_process_is_said_to_be_stopped(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path) as process:
        assert "it is stopped" not in str(refusal(tmp_path))
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: "it is stopped" in str(refusal(tmp_path)))
        assert f"kill -CONT {process.pid} continues it" in str(refusal(tmp_path))


def test_a_killed_process_holds_nothing_and_is_not_named(tmp_path: Path) -> None:
    with held_elsewhere(tmp_path) as process:
        process.kill()
        process.wait(PATIENCE_S)
    assert str(process.pid) in (tmp_path / "writer.lock.holder").read_text(encoding="utf-8")
    with writing(tmp_path):
        assert str(process.pid) not in str(refusal(tmp_path))
    assert (tmp_path / "writer.lock.holder").read_bytes() == b""


@pytest.mark.parametrize(
    "noted",
    [
        b"",
        b"{",
        b"[]",
        b'{"process": "x"}',
        b"\xff" * 5000,
        b"1",
        b"[" * 1000,
        b'{"process": 1e999, "host": "h", "since": "2026-01-01"}',
        b'{"process": 1, "host": "h", "since": "0001-01-01T00:00:00+14:00"}',
    ],
)
def test_a_damaged_note_is_passed_over(tmp_path: Path, noted: bytes) -> None:
    with writing(tmp_path):
        (tmp_path / "writer.lock.holder").write_bytes(noted)
        assert "(" not in str(refusal(tmp_path))
    with writing(tmp_path), compacting(tmp_path, wait_s=0):
        pass


def test_the_note_of_a_folder_that_was_moved_is_emptied(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    with writing(tmp_path / "old"):
        assert str(os.getpid()) in (tmp_path / "old" / "writer.lock.holder").read_text()
        (tmp_path / "old").rename(tmp_path / "new")
    assert (tmp_path / "new" / "writer.lock.holder").read_bytes() == b""
    with writing(tmp_path / "new"):
        pass
