"""A clock that goes back by two years: what came later stays later."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from api.auth.store import KeyStore
from api.jobs.store import JobStore
from embeddings import Encoder
from rag import Collection, search
from rag.collection.check import check
from tests.integration.faults import lived_through

pytestmark = pytest.mark.slow

TWO_YEARS_S = 2 * 365 * 24 * 3600


def live_through(home: Path, name: str, **environment: str) -> str:
    """Let a process change a home; return the text of the key that it has made."""
    done = subprocess.run(
        [sys.executable, "-m", lived_through.__name__, str(home), name],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        check=True,
    )
    return done.stdout.strip()


def test_generations_articles_jobs_and_keys_keep_their_order(
    tmp_path: Path, encoder: Encoder, faults: Path
) -> None:
    live_through(tmp_path, "a-first")
    directory = tmp_path / "collections" / "c"
    number, _ = (directory / "CURRENT").read_text().split()
    behind = {"LD_PRELOAD": str(faults), "FAULT_CLOCK_S": str(-TWO_YEARS_S)}
    text = live_through(tmp_path, "b-second", **behind)
    with closing(JobStore(tmp_path)) as jobs:
        newest = jobs.newest(10)
        assert newest is not None
        assert [job.id for job in newest] == ["b-second", "a-first"]
        # The clock did go back.
        assert (newest[1].created_at - newest[0].created_at).total_seconds() > TWO_YEARS_S - 3600
        assert [job.id for job in jobs.open_jobs("import")] == ["a-first", "b-second"]
    with closing(KeyStore(tmp_path)) as keys:
        assert [key.name for key in keys.list()] == ["a-first", "b-second"]
        assert keys.verify(text) is not None
    later, _ = (directory / "CURRENT").read_text().split()
    assert int(later) == int(number) + 1
    collection = Collection.open(tmp_path, "c", encoder)
    try:
        found = {hit.article_id for hit in search(collection, "What is about salt?").hits}
        assert found == {"a-first", "b-second"}
        report = check(collection.directory, collection.catalog)
        assert (report.problems, report.generation) == ([], later)
        keys_of = [collection.catalog.passages.keys_of([name])[0] for name in sorted(found)]
        assert keys_of == sorted(keys_of)
    finally:
        collection.close()
