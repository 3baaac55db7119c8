from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import Vectors
from rag.index import faiss_index
from rag.index.faiss_index import FEW_ROWS, FaissIndex, Matrix, build
from rag.index.faiss_kinds import KINDS

DIM = 32
COUNT = 6000
PLACE = np.arange(COUNT)
APPROXIMATE = [kind for kind in KINDS if kind != "flat"]


def unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def drawn(count: int, seed: int = 0) -> Vectors:
    return unit(np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32))


def clustered(count: int = COUNT) -> Matrix:
    """Return vectors in 40 clusters on one side of the sphere, like those of an encoder."""
    random = np.random.default_rng(1)
    subjects = random.normal(size=(40, DIM)) + 1.5
    scattered = subjects[PLACE[:count] % 40] + random.normal(size=(count, DIM)) * 0.7
    return unit(scattered.astype(np.float32)).astype(np.float16)


def asked() -> Vectors:
    return unit(np.random.default_rng(2).normal(size=(40, DIM)).astype(np.float32) + 1)


def exact(
    vectors: Matrix, questions: Vectors, top_k: int, allowed: object = None
) -> list[list[int]]:
    scores = questions @ vectors.astype(np.float32).T
    if allowed is not None:
        scores[:, ~np.asarray(allowed)] = -2
    order: list[list[int]] = np.argsort(-scores, axis=1)[:, :top_k].tolist()
    return order


def recall(found: list[list[int]], expected: list[list[int]]) -> float:
    pairs = zip(found, expected, strict=True)
    return float(np.mean([len(set(a) & set(b)) / len(b) for a, b in pairs]))


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FaissIndex]:
    folder = tmp_path_factory.mktemp("rows")
    vectors = clustered()
    for kind in KINDS:
        assert build(vectors, folder / kind, kind) == kind
    return {kind: FaissIndex.open(folder / kind, vectors) for kind in KINDS}


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 40), st.sets(st.integers(0, 39)), st.integers(1, 50))
def test_a_flat_index_is_exact(
    tmp_path_factory: pytest.TempPathFactory, count: int, gone: set[int], top_k: int
) -> None:
    path = tmp_path_factory.mktemp("few") / "vi.faiss"
    vectors = drawn(count).astype(np.float16)
    assert build(vectors, path) == "flat"
    index = FaissIndex.open(path, vectors)
    allowed = np.array([row not in gone for row in range(count)])
    questions = drawn(3, seed=1)
    scores = questions @ vectors.astype(np.float32).T
    for among_rows in (None, allowed):
        found = index.search(questions, top_k, among_rows)
        among = count if among_rows is None else int(among_rows.sum())
        assert found.rows.shape == found.scores.shape == (3, min(top_k, among))
        assert found.rows.tolist() == exact(vectors, questions, min(top_k, among), among_rows)
        expected = np.take_along_axis(scores, found.rows, axis=1)
        np.testing.assert_allclose(found.scores, expected, atol=1e-5)


def test_a_flat_index_in_memory_is_that_of_the_file(tmp_path: Path) -> None:
    vectors = clustered()
    build(vectors, tmp_path / "vi.faiss", "flat")
    np.save(tmp_path / "vi.npy", vectors)
    made = FaissIndex.flat(np.load(tmp_path / "vi.npy", mmap_mode="r"))
    allowed = PLACE % 3 > 0
    assert made.kind == "flat"
    for among in (None, allowed):
        expected = FaissIndex.open(tmp_path / "vi.faiss", vectors).search(asked(), 50, among)
        found = made.search(asked(), 50, among)
        np.testing.assert_array_equal(found.rows, expected.rows)
        np.testing.assert_array_equal(found.scores, expected.scores)
    assert FaissIndex.flat(vectors[:0]).search(asked(), 5).rows.shape == (len(asked()), 0)


def test_the_kind_follows_the_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faiss_index, "FLAT_ROWS", 1000)
    assert build(clustered(1000), tmp_path / "a.faiss") == "flat"
    assert build(clustered(1001), tmp_path / "b.faiss") == "pq4"
    assert FaissIndex.open(tmp_path / "b.faiss", clustered(1001)).kind == "pq4"


def test_a_memory_mapped_matrix_makes_the_same_file(tmp_path: Path) -> None:
    np.save(tmp_path / "vi.npy", clustered(2000))
    build(np.load(tmp_path / "vi.npy", mmap_mode="r"), tmp_path / "mapped", "pq4")
    build(clustered(2000), tmp_path / "held", "pq4")
    assert (tmp_path / "mapped").read_bytes() == (tmp_path / "held").read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_the_nearest_rows_are_found(opened: dict[str, FaissIndex], kind: str) -> None:
    questions, vectors = asked(), clustered()
    found = opened[kind].search(questions, 10)
    assert recall(found.rows.tolist(), exact(vectors, questions, 10)) > (
        0.99 if kind in ("flat", "pq4") else 0.9
    )
    pairs = np.einsum("qkd,qd->qk", vectors[found.rows].astype(np.float32), questions)
    np.testing.assert_allclose(found.scores, pairs, atol=1e-5)
    assert (np.diff(found.scores) <= 1e-6).all()


@pytest.mark.parametrize("kind", KINDS)
def test_few_allowed_rows_are_searched_exactly(opened: dict[str, FaissIndex], kind: str) -> None:
    questions = asked()
    for allowed in (PLACE % 40 == 7, PLACE < 30, np.random.default_rng(3).random(COUNT) < 0.4):
        assert allowed.sum() <= FEW_ROWS
        found = opened[kind].search(questions, 50, allowed)
        k = min(50, int(allowed.sum()))
        expected = exact(clustered(), questions, k, allowed)
        assert [len(set(rows)) for rows in found.rows.tolist()] == [k] * len(questions)
        assert allowed[found.rows].all()
        # Rows whose scores differ by the rounding of sums alone may change places.
        scores = questions.astype(np.float64) @ clustered().astype(np.float64).T
        np.testing.assert_allclose(
            np.take_along_axis(scores, found.rows, axis=1),
            np.take_along_axis(scores, np.array(expected), axis=1),
            atol=1e-6,
            rtol=0,
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.9, 0.3, 0.03])
def test_only_allowed_rows_are_found(
    opened: dict[str, FaissIndex], kind: str, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faiss_index, "FEW_ROWS", 0)
    questions = asked()
    scattered = np.random.default_rng(4).random(COUNT) < share
    together = np.less(PLACE % 40, 40 * share)
    for allowed in (scattered, together):
        found = opened[kind].search(questions, 10, allowed)
        assert found.rows.shape == (40, 10)
        assert allowed[found.rows].all()
        if kind in ("flat", "pq4"):
            assert recall(found.rows.tolist(), exact(clustered(), questions, 10, allowed)) > 0.99


@pytest.mark.parametrize("kind", KINDS)
def test_more_rows_may_be_wanted_than_exist(
    opened: dict[str, FaissIndex], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = asked()[:2]
    everything = opened[kind].search(questions, COUNT + 1)
    assert [sorted(rows) for rows in everything.rows.tolist()] == [PLACE.tolist()] * 2
    assert opened[kind].search(questions, 10, PLACE < 3).rows.shape == (2, 3)
    assert opened[kind].search(questions, 10, PLACE < 0).rows.shape == (2, 0)
    monkeypatch.setattr(faiss_index, "FEW_ROWS", 0)
    assert opened[kind].search(questions, 10, PLACE < 3).rows.shape == (2, 3)


def test_an_index_may_be_empty(tmp_path: Path) -> None:
    nothing = np.empty((0, DIM), np.float16)
    assert build(nothing, tmp_path / "vi.faiss") == "flat"
    index = FaissIndex.open(tmp_path / "vi.faiss", nothing)
    assert index.rows == 0
    assert index.search(asked(), 5).rows.shape == (40, 0)


@pytest.mark.parametrize("kind", ["flat", "pq4"])
def test_many_threads_find_what_one_thread_finds(opened: dict[str, FaissIndex], kind: str) -> None:
    questions = asked()
    allowed = [None, PLACE % 8 != 0, PLACE % 40 < 5]

    def search(job: int) -> list[list[int]]:
        question = questions[job % 40][None]
        rows: list[list[int]] = opened[kind].search(question, 10, allowed[job % 3]).rows.tolist()
        return rows

    expected = [search(job) for job in range(240)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(search, range(240))) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_refused(tmp_path: Path, kind: str) -> None:
    vectors = clustered(1000)
    path = tmp_path / "vi.faiss"
    build(vectors, path, kind)
    whole = path.read_bytes()
    for length in (0, 3, 40, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="is not a FAISS index"):
            FaissIndex.open(path, vectors)
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="is not a FAISS index"):
        FaissIndex.open(path, vectors)
    with pytest.raises(ValueError, match="is not a FAISS index"):
        FaissIndex.open(tmp_path / "absent.faiss", vectors)


@pytest.mark.parametrize("kind", KINDS)
def test_an_index_of_other_vectors_is_refused(tmp_path: Path, kind: str) -> None:
    vectors = clustered(1000)
    build(vectors, tmp_path / "vi.faiss", kind)
    with pytest.raises(ValueError, match="1000 vectors of 32 dimensions, not of 999 of 32"):
        FaissIndex.open(tmp_path / "vi.faiss", vectors[:-1])
    with pytest.raises(ValueError, match="not of 1000 of 16"):
        FaissIndex.open(tmp_path / "vi.faiss", vectors[:, :16])


def test_what_cannot_be_built_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'tree' is not a kind of index; choose one of flat, pq4"):
        build(clustered(100), tmp_path / "vi.faiss", "tree")
    with pytest.raises(ValueError, match="10 rows are too few"):
        build(clustered(10), tmp_path / "vi.faiss", "pq4")
    with pytest.raises(OSError, match="cannot write the index"):
        build(clustered(100), tmp_path / "absent" / "vi.faiss")
