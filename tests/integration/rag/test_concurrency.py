"""Ten readers and a writer on one open collection.

``TAMNGU_SOAK_S=120 pytest -s tests/integration/rag/test_concurrency.py`` measures for 120 seconds
in a larger collection, and prints how long searches take with the writer and, in turns, without it.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder
from rag import Collection, ingest, search
from rag.collection.check import check
from tamngu.records.article import Article
from tests.integration.rag.versions import LANGUAGES, make_version, signed

pytestmark = pytest.mark.slow

SECONDS = float(os.environ.get("TAMNGU_SOAK_S", "8"))
MEASURED = 60
"""Seconds of measurement from which on the durations of searches are compared."""

MOST_SLOWED = 2.0
"""Largest ratio of the 95th percentile with a writer to the one without."""

ROUNDS = 1 if SECONDS < MEASURED else 4
"""Turns without and with a writer; the machine may be busier at one time than at another."""

READERS = 10
VERSIONS = 4
ARTICLES = 12 if SECONDS < MEASURED else 300
"""Articles of each language."""

WRITES = 40
"""Changes between two compactions."""

QUESTIONS = (
    "Bao nhiêu chuyến bay thẳng được mở trong tháng {n}?",
    "Đại sứ trao {n} suất học bổng cho sinh viên nào?",
    "谁出席了第{n}次海上合作会议？",
    "{n}名维和人员的谅解备忘录在哪里签署？",
    "Where were the {n}th political consultations held?",
    "Did trade grow by {n} per cent?",
)


Versions = Mapping[str, Sequence[Article]]
"""The versions of each article, by its id."""


@dataclass
class Life:
    """Reads and writes in a collection until ``ended`` is set, and what they measure."""

    collection: Collection
    versions: Versions
    ended: threading.Event = field(default_factory=threading.Event)
    took_s: list[float] = field(default_factory=list)
    writes: int = 0
    errors: list[BaseException] = field(default_factory=list)

    def read(self, seed: int) -> None:
        chance = random.Random(seed)
        while not self.ended.is_set():
            question = chance.choice(QUESTIONS).format(n=chance.randrange(10**6))
            started = time.perf_counter()
            hits = search(self.collection, question).hits
            self.took_s.append(time.perf_counter() - started)
            assert hits
            for hit in hits:
                ((name, version),) = signed(hit.text)
                article = self.versions[name][version]
                assert (hit.article_id, hit.title) == (article.id, article.title)
                assert article.text[hit.start : hit.end] == hit.text
                for evidence in hit.evidence:
                    assert article.text[evidence.start : evidence.end] == evidence.quote
                # By this time another version may be stored, or none; but never a part of one.
                now = self.collection.catalog.articles.get(hit.article_id)
                assert now is None or now in self.versions[hit.article_id]

    def write(self) -> None:
        chance = random.Random(0)
        names = sorted(self.versions)
        while not self.ended.is_set():
            name = chance.choice(names)
            if chance.random() < 0.2:
                self.collection.delete(name)
            else:
                ingest(self.collection, [chance.choice(self.versions[name])])
            self.writes += 1
            if self.writes % WRITES == 0:
                self.collection.compact()


def live(collection: Collection, versions: Versions, seconds: float, *, write: bool) -> Life:
    """Let ten threads read for some seconds, and with ``write`` one more thread write."""
    life = Life(collection, versions)

    def run(what: Callable[[], None]) -> None:
        try:
            what()
        except BaseException as error:
            life.errors.append(error)
            life.ended.set()

    jobs = [partial(life.read, seed) for seed in range(READERS)] + [partial(life.write)] * write
    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    life.ended.wait(seconds)
    life.ended.set()
    for thread in threads:
        thread.join()
    assert life.errors == []
    return life


def test_ten_readers_see_complete_versions_while_one_writes(
    tmp_path: Path, encoder: Encoder, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"{language}-{number:03d}" for language in LANGUAGES for number in range(ARTICLES)]
    versions = {name: [make_version(name, v) for v in range(VERSIONS)] for name in names}
    collection = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(collection, [versions[name][0] for name in names])
    collection.compact()
    live(collection, versions, 1, write=False)
    alone: list[float] = []
    beside: list[float] = []
    writes = 0
    for _ in range(ROUNDS):
        alone += live(collection, versions, SECONDS / 2 / ROUNDS, write=False).took_s
        busy = live(collection, versions, SECONDS / 2 / ROUNDS, write=True)
        beside += busy.took_s
        writes += busy.writes
    assert writes
    assert check(collection.directory, collection.catalog).problems == []
    collection.close()
    (idle_p50, idle_p95), (busy_p50, busy_p95) = (
        np.percentile(took_s, [50, 95]) * 1000 for took_s in (alone, beside)
    )
    with capsys.disabled():
        sys.stdout.write(
            f"\nsearches by {READERS}, p50 and p95: idle {idle_p50:.1f} and {idle_p95:.1f} ms,"
            f" beside a writer {busy_p50:.1f} and {busy_p95:.1f} ms ({busy_p95 / idle_p95:.2f}"
            f" times); {len(alone):,} and {len(beside):,} searches, {writes:,} writes\n"
        )
    if SECONDS >= MEASURED:
        assert busy_p95 <= MOST_SLOWED * idle_p95
