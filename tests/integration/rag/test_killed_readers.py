"""``tamngu ingest`` is killed while other processes read its files.

``TAMNGU_KILLS=200 pytest -s tests/integration/rag/test_killed_readers.py`` kills it 200 times, and
prints how much each run had stored; otherwise it is killed once.
"""

from __future__ import annotations

import os
import random
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from embeddings import Encoder
from rag.collection.check import check
from rag.collection.collection import Collection
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

FILES = 200
KILLS = int(os.environ.get("TAMNGU_KILLS", "1"))
LONGEST_S = 1.0
"""Seconds after which it is killed at the latest, once its readers run."""


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


def write(folder: Path, version: int) -> None:
    for n in range(FILES):
        text = f"Story {n} of version {version} is about salt.\n\nIt ends here."
        (folder / f"{n}.txt").write_text(text)


def newer(home: Path, version: int) -> int:
    """Return how many articles of a version are stored, while another process writes."""
    path = home / "collections" / "default" / "catalog.db"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path, timeout=60)) as connection:
        with suppress(sqlite3.OperationalError):  # It has no tables yet.
            query = "SELECT count(*) FROM articles WHERE text LIKE ?"
            return int(connection.execute(query, (f"%version {version} %",)).fetchone()[0])
        return 0


def stored(home: Path, encoder: Encoder) -> dict[int, int]:
    """Check the collection; return the version of each story that it holds."""
    collection = Collection.open_or_create(home, "default", encoder)
    try:
        assert check(collection.directory, collection.catalog).problems == []
        articles = collection.catalog.articles
        texts = [article.text for article in articles.get_many(articles.ids())]
    finally:
        collection.close()
    found = [
        re.fullmatch(r"Story (\d+) of version (\d+) is.*It ends here\.", t, re.S) for t in texts
    ]
    versions = {int(match[1]): int(match[2]) for match in found if match}
    assert len(versions) == len(texts)
    return versions


def test_a_killed_ingest_leaves_whole_articles_and_no_process(
    tmp_path: Path, encoder: Encoder
) -> None:
    folder, home = tmp_path / "in", tmp_path / "home"
    folder.mkdir()
    order = random.Random(7)
    before: dict[int, int] = {}
    for kill in range(KILLS):
        write(folder, kill)
        mark = f"{tmp_path}-{kill}"
        child = start(folder, home, mark)
        # Its readers, and the process that makes them.
        wait_until(lambda mark=mark: len(marked(mark)) >= 3)  # type: ignore[misc]
        if kill % 2:
            # However fast the machine is, some kills come when a part is stored.
            some = order.randrange(FILES)
            wait_until(lambda: child.poll() is not None or newer(home, kill) > some)  # noqa: B023
        time.sleep(order.random() * LONGEST_S)
        child.kill()
        child.communicate()
        wait_until(lambda mark=mark: not marked(mark))  # type: ignore[misc]
        after = stored(home, encoder)
        assert all(before[n] <= after.get(n, -1) <= kill for n in before), kill
        sys.stdout.write(f"{kill}: {sum(v == kill for v in after.values())} of {len(after)} new\n")
        before = after
    write(folder, KILLS)
    last = start(folder, home, f"{tmp_path}-last")
    last.communicate()
    assert last.returncode == 0
    assert not marked(f"{tmp_path}-last")
    assert stored(home, encoder) == dict.fromkeys(range(FILES), KILLS)
