"""Folders of jobs: who can read them, and which of them are removed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.jobs.folders import JobFolders
from tests.permissions import mode_of

DAY_S = 24 * 3600
YEARS_S = 2 * 365 * DAY_S


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def left(folders: JobFolders, home: Path) -> set[str]:
    """Return the folders that are kept, where no job is known."""
    folders.remove_abandoned(lambda _: False, lambda _: True)
    return {path.name for path in (home / "jobs").iterdir() if path.is_dir()}


def test_only_the_user_can_open_a_folder(tmp_path: Path) -> None:
    folders = JobFolders(tmp_path)
    folder = folders.create("a")
    with folders.try_lock("a") as held:
        assert held
    assert mode_of(folder) == mode_of(tmp_path / "jobs") == 0o700
    assert mode_of(tmp_path / "jobs" / "a.lock") == 0o600


@pytest.mark.parametrize(
    ("age_s", "kept"), [(0, True), (DAY_S // 2, True), (2 * DAY_S, False), (-YEARS_S, False)]
)
def test_folders_of_another_day_are_removed(tmp_path: Path, age_s: int, kept: bool) -> None:
    folders = JobFolders(tmp_path)
    folder = folders.create("a")
    os.utime(folder, (time.time() - age_s,) * 2)
    assert left(folders, tmp_path) == ({"a"} if kept else set())


@pytest.mark.parametrize("by_s", [YEARS_S, -YEARS_S])
def test_an_upload_in_progress_survives_a_clock_that_is_set(
    tmp_path: Path, by_s: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = JobFolders(tmp_path)
    folders.create("a")
    true_time = time.time
    monkeypatch.setattr(time, "time", lambda: true_time() + by_s)
    assert left(folders, tmp_path) == {"a"}
