"""A process is killed, and what SQLite had written beside its databases is removed."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from api.auth.store import KeyStore
from api.jobs.store import JobStore
from tests.integration.api.served import TAMNGU
from tests.integration.faults import lived_through
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow


@pytest.fixture
def killed(tmp_path: Path, sample_home: Path) -> tuple[Path, str]:
    """A home whose last process was killed, without the logs; and the text of its key."""
    home = tmp_path / "home"
    shutil.copytree(sample_home / "collections" / "sample", home / "collections" / "c")
    with subprocess.Popen(
        [sys.executable, "-m", lived_through.__name__, str(home), "last", "killed"],
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        text, _ = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == -signal.SIGKILL
    removed = [*home.rglob("*.db-wal"), *home.rglob("*.db-shm")]
    assert home / "collections" / "c" / "catalog.db-wal" in removed
    for path in removed:
        path.unlink()
    return home, text.strip()


def tamngu(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TAMNGU, *words, "-c", "c", "--home", home],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def test_the_check_says_that_a_later_state_is_lost_and_a_compaction_mends_the_index(
    killed: tuple[Path, str],
) -> None:
    home, _ = killed
    checked = tamngu(home, "collections", "check")
    assert checked.returncode == 1
    assert "from a later state of this one" in checked.stdout + checked.stderr
    found = tamngu(home, "search", "Who chairs ASEAN?")
    assert found.returncode == 0, found.stderr
    mended = tamngu(home, "collections", "compact")
    assert mended.returncode == 0, mended.stderr
    again = tamngu(home, "collections", "check")
    assert again.returncode == 0, again.stdout
    for done in (checked, found, mended, again):
        assert "Traceback" not in done.stderr


def test_keys_and_revocations_are_kept_and_the_list_of_jobs_is_usable(
    killed: tuple[Path, str],
) -> None:
    home, text = killed
    with closing(KeyStore(home)) as keys:
        key = keys.verify(text)
        assert key is not None
        keys.revoke(key.id)
        # Before it is closed, as a kill would leave it.
        shutil.copy(home / "keys.db", home / "copy.db")
    for path in home.glob("keys.db*"):
        path.unlink()
    (home / "copy.db").rename(home / "keys.db")
    with closing(KeyStore(home)) as keys:
        assert keys.any_keys()
        assert keys.verify(text) is None
    with closing(JobStore(home)) as jobs:
        assert jobs.newest(10) is not None
