"""Processes that are killed while they change a collection.

``TAMNGU_KILLS=200 pytest tests/integration/rag/test_crash.py`` kills 200 processes at random
moments, and one both before and after each durable step; without it, each step is tested on one
side, in turns.

A kill does not lose the operating system's page cache. So these tests show that a collection is
complete whatever step is the last one, not that the steps reach the disk in their order when the
power fails.
"""

from __future__ import annotations

import os
import pickle
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder
from rag.collection.check import check
from rag.collection.collection import Collection
from rag.index.seam import Snapshot
from rag.ingestion.chunking import PASSAGE_TOKENS, chunk
from rag.records.passage import EncodedArticle, EncodedPassage
from rag.text.minhash import signature
from tamngu.records.article import Article
from tamngu.records.filter import Filter
from tests.integration.rag import crash_child
from tests.integration.rag.crash_child import NAME, Pool
from tests.integration.rag.versions import LANGUAGES, make_version

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("TAMNGU_KILLS", "20"))
IS_THOROUGH = "TAMNGU_KILLS" in os.environ
COLLECTIONS = 4
ARTICLES, VERSIONS = 10, 3
"""Articles of each language, and versions of each article."""

MOMENTS = {b"open": 0.02, b"writing": 0.5, b"put": 0.002, b"delete": 0.002, b"compact": 0.002}
"""The line that a process prints before it is killed, and the longest delay in seconds."""

ALL = 10_000
"""More passages than the collection has."""

ASKED = 100
"""Characters of a passage whose words are searched for."""

Held = dict[str, str]
"""Content hashes by article id."""

Scenario = Callable[[str, int, bool], tuple[int, list[str]]]
"""Runs the scenario for (name, step to be killed at, after it?); returns exit code and lines."""


@pytest.fixture(scope="module")
def pool(encoder: Encoder) -> Pool:
    ids = [f"{language}-{number:02d}" for language in LANGUAGES for number in range(ARTICLES)]
    versions = [make_version(name, version) for name in ids for version in range(VERSIONS)]
    articles: dict[str, dict[str, EncodedArticle]] = {name: {} for name in ids}
    for entry in encoded(versions, encoder):
        articles[entry.article.id][entry.article.content_hash] = entry
    return Pool(encoder.fingerprint, articles)


@pytest.fixture(scope="module")
def pool_file(pool: Pool, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pool") / "pool.pickle"
    path.write_bytes(pickle.dumps(pool))
    return path


def encoded(articles: Sequence[Article], encoder: Encoder) -> Iterator[EncodedArticle]:
    """Chunk articles, and encode all of them together, which is faster."""
    chunked = [chunk(article, encoder.count_tokens, PASSAGE_TOKENS) for article in articles]
    texts = []
    for article, passages in zip(articles, chunked, strict=True):
        for passage in passages:
            texts.append(article.text[passage.start : passage.end])
            texts.extend(span.of(article.text) for span in passage.sentences)
    vectors = iter(encoder.encode_passages(texts))
    for article, passages in zip(articles, chunked, strict=True):
        own = [
            EncodedPassage(
                passage, next(vectors), np.stack([next(vectors) for _ in passage.sentences])
            )
            for passage in passages
        ]
        yield EncodedArticle(article, own, signature=signature(article.text))


def start(home: Path, pool_file: Path, *how: str, **more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", crash_child.__name__, str(home), str(pool_file), *how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # Without a buffer: reading a line would take more than the line, and communicate() would
        # not see the rest.
        bufsize=0,
        cwd=Path(__file__).parents[3],
        env={**os.environ, **more},
    )


def replayed(before: Held, lines: Iterable[str]) -> tuple[list[Held], str]:
    """Return the states that a child may have left, and what it was doing when it ended.

    The first state is the last acknowledged one; the second includes the unfinished call.
    """
    held, flying, doing = before, before, ""
    for line in lines:
        word, *rest = line.split()
        if word == "put":
            flying = held | dict(zip(rest[::2], rest[1::2], strict=True))
        elif word == "delete":
            flying = {name: digest for name, digest in held.items() if name != rest[0]}
        elif word == "done":
            held = flying
        if word != "call":
            doing = word
    return [held, flying], doing


def holds_one_of(states: Sequence[Held], home: Path, encoder: Encoder, pool: Pool) -> Held:
    """Check that a collection holds exactly one of the states, complete; return that state."""
    collection = Collection.open_or_create(home, NAME, encoder)
    try:
        catalog = collection.catalog
        assert check(collection.directory, catalog).problems == []
        articles = catalog.articles.get_many(catalog.articles.ids())
        held = {article.id: article.content_hash for article in articles}
        assert held in states
        entries = {article.id: pool.articles[article.id][held[article.id]] for article in articles}
        assert all(entries[article.id].article == article for article in articles)
        with collection.reading() as snapshot:
            for language in LANGUAGES:
                of_language = [e for e in entries.values() if e.article.language == language]
                finds_only(snapshot, collection, language, of_language)
            for gone in pool.articles.keys() - entries.keys():
                finds_nothing_of(snapshot, next(iter(pool.articles[gone].values())))
    finally:
        collection.close()
    return held


def finds_only(
    snapshot: Snapshot, collection: Collection, language: str, entries: Sequence[EncodedArticle]
) -> None:
    """Check that both indexes find each passage of the articles, and no others."""
    known: set[int] = set()
    for entry in entries:
        keys = collection.catalog.passages.keys_of([entry.article.id]).tolist()
        stored = collection.catalog.passages.encoded(keys)
        assert [one.passage for one in stored] == [one.passage for one in entry.passages]
        for key, one, other in zip(keys, stored, entry.passages, strict=True):
            # The catalog keeps half precision.
            assert np.array_equal(one.vector, other.vector.astype("<f2"))
            assert key in snapshot.search(one.vector[None], 1, language).keys
            text = entry.article.text[one.passage.start : one.passage.end][:ASKED]
            assert key in snapshot.match_words(text, ALL, language).keys
        known.update(keys)
    for entry in entries[:1]:
        near = snapshot.search(entry.passages[0].vector[None], ALL, language)
        assert set(near.keys[0].tolist()) == known
        words = snapshot.match_words(entry.article.text[:ASKED], ALL, language)
        assert set(words.keys[0].tolist()) <= known


def finds_nothing_of(snapshot: Snapshot, gone: EncodedArticle) -> None:
    language, only = gone.article.language, Filter(article_ids=[gone.article.id])
    assert snapshot.search(gone.passages[0].vector[None], ALL, language, only).keys.size == 0
    assert snapshot.match_words(gone.article.text[:ASKED], ALL, language, only).keys.size == 0


def test_killed_at_any_moment_it_keeps_what_it_acknowledged(
    tmp_path: Path,
    encoder: Encoder,
    pool: Pool,
    pool_file: Path,
) -> None:
    def kill_again_and_again(seed: int) -> Counter[str]:
        chance = random.Random(seed)
        home = tmp_path / str(seed)
        held: Held = {}
        struck: Counter[str] = Counter()
        for number in range(KILLS // COLLECTIONS):
            # While it opens the collection, at any time after that, and as each kind of change
            # begins: random moments alone would hardly ever fall into the short changes.
            moment, longest_s = list(MOMENTS.items())[number % len(MOMENTS)]
            delay = chance.random() * longest_s
            child = start(home, pool_file, "churn", str(chance.randrange(2**32)))
            assert child.stdout is not None
            heard = b""
            while line := child.stdout.readline():
                heard += line
                if line.split()[0] == moment:
                    break
            time.sleep(delay)
            child.send_signal(signal.SIGKILL)
            said, errors = child.communicate()
            what = f"kill {number} of collection {seed}, {delay:.4f} s after {moment!r}"
            assert child.returncode == -signal.SIGKILL, f"{what}: {errors.decode()}"
            states, doing = replayed(held, (heard + said).decode().splitlines())
            try:
                held = holds_one_of(states, home, encoder, pool)
            except Exception as error:
                raise AssertionError(f"{what}, while it did {doing!r}") from error
            struck[doing] += 1
        return struck

    # Two threads: one waits for a child while the other checks another collection.
    with ThreadPoolExecutor(2) as threads:
        struck = sum(threads.map(kill_again_and_again, range(COLLECTIONS)), Counter[str]())
    assert struck.total() == KILLS
    assert {"open", "put", "delete", "compact"} <= struck.keys(), struck


@pytest.fixture(scope="module")
def crash_points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled library that kills a process at a step; it is preloaded into the process."""
    compiler = shutil.which("cc")
    if not sys.platform.startswith("linux"):
        pytest.skip("calls are counted by a library that is preloaded as on Linux")
    if compiler is None and os.environ.get("CI") != "true":
        pytest.skip("there is no C compiler (cc) for the library that counts calls")
    assert compiler is not None, "CI has to have a C compiler"
    library = tmp_path_factory.mktemp("crash") / "crash_points.so"
    source = Path(__file__).with_name("crash_points.c")
    flags = ["-shared", "-fPIC", "-Wall", "-Werror", "-o", str(library)]
    subprocess.run([compiler, *flags, str(source), "-ldl"], check=True)
    return library


@contextmanager
def scenarios(home: Path, pool_file: Path, crash_points: Path) -> Iterator[Scenario]:
    """Run the scenario in processes forked from one, because loading takes longer than running."""
    child = start(home, pool_file, "each", LD_PRELOAD=str(crash_points))
    requests, exit_codes = child.stdin, child.stdout
    assert requests is not None
    assert exit_codes is not None

    def run(name: str, n: int, after: bool) -> tuple[int, list[str]]:
        requests.write(f"{name} {n} {int(after)}\n".encode())
        code = int(exit_codes.readline())
        assert code in (0, -signal.SIGKILL), child.communicate()[1].decode()
        return code, (home / f"{name}.said").read_text().splitlines()

    try:
        yield run
    finally:
        child.communicate()


def test_killed_at_any_durable_step_it_keeps_what_it_acknowledged(
    tmp_path: Path,
    encoder: Encoder,
    pool: Pool,
    pool_file: Path,
    crash_points: Path,
) -> None:
    with scenarios(tmp_path, pool_file, crash_points) as run:
        code, lines = run("whole", 0, False)
        assert code == 0
        calls = Counter(line.split()[1] for line in lines if line.startswith("call "))
        assert calls["fsync"] > 40, calls
        assert calls["fdatasync"] > 20, calls
        assert calls["rename"] >= 2, calls
        assert calls["unlink"] > 2, calls

        def kill_at(n: int, after: bool) -> None:
            name = f"{n}-{'after' if after else 'before'}"
            code, lines = run(name, n, after)
            assert code == -signal.SIGKILL, name
            states, doing = replayed({}, lines)
            try:
                holds_one_of(states, tmp_path / name, encoder, pool)
            except Exception as error:
                raise AssertionError(f"{name} {lines[-1]!r}, while it did {doing!r}") from error
            shutil.rmtree(tmp_path / name)

        steps = range(1, calls.total() + 1)
        for n, side in product(steps, (False, True)):
            if IS_THOROUGH or side == n % 2:
                kill_at(n, side)
