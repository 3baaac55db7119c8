"""Damaged files: indexes are derived again; damage to the catalog is reported and never returned.

``TAMNGU_FLIPS=1000 pytest tests/integration/rag/test_damage.py`` flips 1000 bits in each place.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from embeddings import Encoder
from embeddings.errors import TamnguError
from rag import Collection, ingest, make_article, search
from rag.collection.check import check
from rag.errors import CollectionDamaged
from tamngu.records.article import Article
from tamngu.records.hit import Hit
from tamngu.records.request import RANKINGS, SearchRequest
from tests.integration.rag.versions import make_version

pytestmark = pytest.mark.slow

QUESTIONS = [
    "Bao nhiêu chuyến bay thẳng tới Đà Nẵng?",
    "代表团抵达万象出席海上合作会议",
    "How many scholarships did the ambassador in Jakarta award?",
]
PAGE = 4096
FLIPS = int(os.environ.get("TAMNGU_FLIPS", "80"))
"""Bits flipped in each place of the catalog."""

CHANGES: dict[str, Callable[[bytes, bytes], bytes | None]] = {
    "nothing left": lambda data, other: b"",
    "cut by half": lambda data, other: data[: len(data) // 2],
    "cut by a byte": lambda data, other: data[:-1],
    "first bit": lambda data, other: flipped(data, 0),
    "some bit": lambda data, other: flipped(data, len(data) * 8 // 3),
    "last bit": lambda data, other: flipped(data, len(data) * 8 - 1),
    "missing": lambda data, other: None,
    "another": lambda data, other: other,
}
"""Give the new content from a file's and another file's content; None deletes the file."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A home with a closed collection whose passages are all in the generation on disk."""
    home = tmp_path_factory.mktemp("whole")
    collection = Collection.open_or_create(home, "c", encoder)
    articles = [
        make_version(f"{language}-{i:02d}", 1) for language in ("vi", "zh") for i in range(5)
    ]
    ingest(collection, articles)
    collection.compact()
    collection.close()
    return home


def hits(collection: Collection) -> list[Hit]:
    return [
        hit
        for question in QUESTIONS
        for ranking in RANKINGS
        for hit in search(collection, SearchRequest(question, top_k=30, ranking=ranking)).hits
    ]


def same(found: Sequence[Hit], expected: Sequence[Hit]) -> bool:
    """Return whether hits are the same; a rounded score may differ in its last digit."""
    return [replace(h, score=0, parts={}, evidence=()) for h in found] == [
        replace(h, score=0, parts={}, evidence=()) for h in expected
    ] and all(
        abs(a - b) < 1.5e-4
        for one, other in zip(found, expected, strict=True)
        for a, b in zip(scores(one), scores(other), strict=True)
    )


def scores(hit: Hit) -> list[float]:
    return [hit.score, *hit.parts.values(), *(evidence.score for evidence in hit.evidence)]


def flipped(data: bytes, place: int) -> bytes:
    """Return data with one bit flipped."""
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def index_files(directory: Path) -> list[Path]:
    return [directory / "CURRENT", *sorted(p for p in directory.rglob("0*/**/*") if p.is_file())]


@pytest.mark.parametrize("change", CHANGES)
def test_a_damaged_index_is_reported_and_searches_find_the_same(
    change: str, whole: Path, tmp_path: Path, encoder: Encoder
) -> None:
    collection = Collection.open(whole, "c", encoder)
    expected = hits(collection)
    collection.close()
    files = index_files(collection.directory)
    assert {path.name for path in files} > {"CURRENT", "manifest.json", "labels.json", "keys.npy"}
    pairs = list(zip(files, files[1:] + files[:1], strict=True))
    # Every file is damaged in four of the eight ways, and every way damages half of the files.
    for path, other in pairs[list(CHANGES).index(change) % 2 :: 2]:
        data = path.read_bytes()
        content = CHANGES[change](data, other.read_bytes())
        assert content != data, path
        home = shutil.copytree(whole, tmp_path / "home")
        damaged = home / path.relative_to(whole)
        damaged.unlink()
        if content is not None:
            damaged.write_bytes(content)
        collection = Collection.open(home, "c", encoder)
        assert same(hits(collection), expected), path
        assert check(collection.directory, collection.catalog).problems, path
        collection.compact()
        assert same(hits(collection), expected), path
        assert check(collection.directory, collection.catalog).problems == [], path
        collection.close()
        shutil.rmtree(home)


@dataclass(frozen=True)
class State:
    """Everything that can be read from a collection."""

    hits: list[Hit]
    articles: dict[str, Article]
    vectors: dict[int, bytes]


def read(collection: Collection) -> State:
    catalog = collection.catalog
    keys = catalog.passages.keys()[0].tolist()
    return State(
        hits(collection),
        {article.id: article for article in catalog.articles.get_many(catalog.articles.ids())},
        {
            key: encoded.vector.tobytes() + encoded.sentence_vectors.tobytes()
            for key, encoded in zip(keys, catalog.passages.encoded(keys), strict=True)
        },
    )


def are_true(found: State, state: State) -> bool:
    """Return whether everything that was read equals what was stored; some may be missing."""
    return (
        all(
            state.articles[hit.article_id].text[hit.start : hit.end] == hit.text
            for hit in found.hits
        )
        and all(
            state.articles[hit.article_id].text[evidence.start : evidence.end] == evidence.quote
            for hit in found.hits
            for evidence in hit.evidence
        )
        and found.articles.items() <= state.articles.items()
        and found.vectors.items() <= state.vectors.items()
    )


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> tuple[Path, State]:
    """A home whose collection has stories, labels, a tail and deletions; and its state."""
    home = tmp_path_factory.mktemp("lived-in")
    collection = Collection.open_or_create(home, "c", encoder)
    ids = [f"{language}-{i:02d}" for language in ("vi", "zh", "en") for i in range(5)]
    text = "\n".join(make_version(f"en-{i:02d}", 3).text for i in range(3))
    copies = [
        make_article(
            text + end, key=end, id=end, url=f"https://{end}.example", source=end, tags=[end]
        )
        for end in ("one", "two")
    ]
    ingest(collection, [*(make_version(name, 1) for name in ids), *copies])
    ingest(collection, [make_version("vi-00", 2), make_version("zh-07", 1)])
    assert collection.delete("vi-01")
    state = read(collection)
    assert any(hit.also_at for hit in state.hits)
    assert check(collection.directory, collection.catalog).problems == []
    collection.close()
    return home, state


def tree_pages(data: bytes) -> list[int]:
    """Return the pages that hold rows or point to others; most other pages hold vectors."""
    pages = range(len(data) // PAGE)
    return [page for page in pages if page == 0 or data[page * PAGE] in (2, 5, 10, 13)]


@pytest.mark.parametrize("where", ["anywhere", "trees"])
def test_a_flipped_bit_of_the_catalog_is_reported_or_changes_nothing(
    where: str, lived_in: tuple[Path, State], encoder: Encoder
) -> None:
    home, state = lived_in
    path = home / "collections" / "c" / "catalog.db"
    data = path.read_bytes()
    chance = random.Random(where)
    pages = tree_pages(data) if where == "trees" else range(len(data) // PAGE)
    reported = 0
    try:
        for _ in range(FLIPS):
            place = chance.choice(pages) * PAGE * 8 + chance.randrange(PAGE * 8)
            path.write_bytes(flipped(data, place))
            found, problems = read_and_check(home, encoder)
            assert found is None or are_true(found, state), place
            assert problems or found == state, place
            reported += bool(problems)
    finally:
        path.write_bytes(data)
    assert reported > FLIPS / 5


def read_and_check(home: Path, encoder: Encoder) -> tuple[State | None, list[str]]:
    """Return what can be read from a collection, and the problems that are reported."""
    try:
        collection = Collection.open(home, "c", encoder)
    except TamnguError as error:
        return None, [str(error)]
    try:
        problems = check(collection.directory, collection.catalog).problems
        return read(collection), problems
    except TamnguError as error:
        return None, [str(error)]
    finally:
        collection.close()


@pytest.mark.parametrize("left", [0, 100, PAGE, PAGE + 1, -PAGE, -PAGE - 1])
def test_a_truncated_catalog_is_reported(
    left: int, lived_in: tuple[Path, State], tmp_path: Path, encoder: Encoder
) -> None:
    home = shutil.copytree(lived_in[0], tmp_path / "home")
    path = home / "collections" / "c" / "catalog.db"
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(CollectionDamaged):
        Collection.open(home, "c", encoder)


def test_a_missing_last_byte_is_reported_unless_it_was_zero(
    lived_in: tuple[Path, State], tmp_path: Path, encoder: Encoder
) -> None:
    home = shutil.copytree(lived_in[0], tmp_path / "home")
    path = home / "collections" / "c" / "catalog.db"
    # SQLite takes what a page lacks at its end for zeros.
    is_zero = path.read_bytes()[-1] == 0
    path.write_bytes(path.read_bytes()[:-1])
    found, problems = read_and_check(home, encoder)
    assert found == lived_in[1] if is_zero else problems


@pytest.fixture(scope="module")
def logged(
    tmp_path_factory: pytest.TempPathFactory, encoder: Encoder
) -> tuple[Path, dict[int, State]]:
    """A home after a crash, its last changes only in the log; and its states by revision."""
    home = tmp_path_factory.mktemp("open")
    collection = Collection.open_or_create(home, "c", encoder)
    ingest(collection, [make_version("vi-00", 1), make_version("zh-00", 1)])
    collection.close()
    collection = Collection.open(home, "c", encoder)
    states = {collection.catalog.settings.revision(): read(collection)}
    for version in (2, 3):
        ingest(collection, [make_version("vi-00", version), make_version("vi-01", version)])
        states[collection.catalog.settings.revision()] = read(collection)
    collection.compact()
    collection.delete("zh-00")
    states[collection.catalog.settings.revision()] = read(collection)
    left = tmp_path_factory.mktemp("left") / "home"
    shutil.copytree(home, left, ignore=shutil.ignore_patterns("*-shm"))
    collection.close()
    return left, states


@pytest.mark.parametrize("change", ["missing", "garbage", "nothing left"])
def test_a_catalog_without_its_log_has_an_earlier_state_and_check_reports_it(
    change: str, logged: tuple[Path, dict[int, State]], tmp_path: Path, encoder: Encoder
) -> None:
    left, states = logged
    home = shutil.copytree(left, tmp_path / "home")
    log = home / "collections" / "c" / "catalog.db-wal"
    size = log.stat().st_size
    log.unlink()
    if change != "missing":
        log.write_bytes(random.Random(1).randbytes(size) if change == "garbage" else b"")
    found, problems = read_and_check(home, encoder)
    earlier = states[min(states)]
    assert found is not None
    assert same(found.hits, earlier.hits)
    assert (found.articles, found.vectors) == (earlier.articles, earlier.vectors)
    assert "later state" in problems[0]


def test_a_damaged_log_leaves_one_of_the_earlier_states(
    logged: tuple[Path, dict[int, State]], tmp_path: Path, encoder: Encoder
) -> None:
    left, states = logged
    log = Path("collections", "c", "catalog.db-wal")
    data = (left / log).read_bytes()
    chance = random.Random(2)
    seen = set()
    for _ in range(30):
        home = shutil.copytree(left, tmp_path / "home")
        (home / log).write_bytes(flipped(data, chance.randrange(len(data) * 8)))
        collection = Collection.open(home, "c", encoder)
        revision = collection.catalog.settings.revision()
        found = read(collection)
        assert found.articles == states[revision].articles
        assert found.vectors == states[revision].vectors
        seen.add(revision)
        collection.close()
        shutil.rmtree(home)
    assert len(seen) > 1
