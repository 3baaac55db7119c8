from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from embeddings import EncoderError
from embeddings.cache import build_directory, is_complete
from tests.waiting import wait_until


def write_two_files(directory: Path) -> None:
    (directory / "a.json").write_text("{}")
    (directory / "sub").mkdir()
    (directory / "sub" / "b.bin").write_bytes(bytes(1000))


def hang_half_way(directory: Path) -> None:
    (directory / "a.json").write_text("{}")
    (directory.parent / "half-way").touch()
    time.sleep(60)


def test_a_complete_directory_is_not_built_again(tmp_path: Path) -> None:
    directory = tmp_path / "model"
    assert build_directory(directory, write_two_files) == directory
    assert sorted(p.name for p in directory.iterdir()) == ["a.json", "contents.json", "sub"]
    built = directory.stat().st_mtime_ns
    build_directory(directory, write_two_files)
    assert directory.stat().st_mtime_ns == built


def test_a_kill_half_way_leaves_nothing_and_is_repaired(tmp_path: Path) -> None:
    directory = tmp_path / "model"
    child = multiprocessing.get_context("spawn").Process(
        target=build_directory, args=(directory, hang_half_way)
    )
    child.start()
    wait_until((tmp_path / "half-way").exists, lambda: child.exitcode)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    assert not directory.exists()
    build_directory(directory, write_two_files)
    assert is_complete(directory)
    assert not list(tmp_path.glob("*.partial-*"))


def test_an_error_half_way_leaves_nothing(tmp_path: Path) -> None:
    def fail(directory: Path) -> None:
        (directory / "a.json").write_text("{}")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_directory(tmp_path / "model", fail)
    assert [p.name for p in tmp_path.iterdir()] == ["model.lock"]


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EncoderError, match="Set TAMNGU_CACHE"):
        build_directory(tmp_path / "file" / "model", write_two_files)
