"""``tamngu ingest`` is killed while other processes read its files.

``TAMNGU_KILLS=200`` makes it ten kills; otherwise it is one.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from embeddings import Encoder
from rag.collection.check import check
from rag.collection.collection import Collection
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

FILES = 200
KILLS = max(1, int(os.environ.get("TAMNGU_KILLS", "20")) // 20)


def start(folder: Path, home: Path, mark: str) -> subprocess.Popen[bytes]:
    words = (str(Path(sys.executable).with_name("tamngu")), "ingest", str(folder), "--json")
    return subprocess.Popen(
        [*words, "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "TAMNGU_MARK": mark},
    )


def marked(mark: str) -> list[int]:
    """Return the processes whose environment has a mark."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"TAMNGU_MARK={mark}".encode() in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def test_a_killed_ingest_leaves_whole_articles_and_no_process(
    tmp_path: Path, encoder: Encoder
) -> None:
    folder, home = tmp_path / "in", tmp_path / "home"
    folder.mkdir()
    for n in range(FILES):
        (folder / f"{n}.txt").write_text(f"Story {n} is about salt.\n\nIt ends here.")
    order = random.Random(7)
    for kill in range(KILLS):
        mark = f"{tmp_path}-{kill}"
        child = start(folder, home, mark)
        # Its readers, and the process that makes them.
        wait_until(lambda mark=mark: len(marked(mark)) >= 3)  # type: ignore[misc]
        time.sleep(order.random())
        child.kill()
        child.communicate()
        wait_until(lambda mark=mark: not marked(mark))  # type: ignore[misc]
    last = start(folder, home, f"{tmp_path}-last")
    last.communicate()
    assert last.returncode == 0
    assert not marked(f"{tmp_path}-last")
    collection = Collection.open(home, "default", encoder)
    try:
        assert check(collection.directory, collection.catalog).problems == []
        assert len(collection.catalog.articles.ids()) == FILES
    finally:
        collection.close()
