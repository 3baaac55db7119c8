from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from embeddings import Vectors
from eval.bench.errors import BenchFailed
from eval.bench.query import measure, nearest
from eval.bench.synthetic import MIN_SEEDS, TooFewPassages, real_vectors, synthesise

DIM = 16


def seeds(count: int = 300, side: float = 2.0) -> Vectors:
    spread = np.linspace(1.5, 0.1, DIM)
    random = np.random.default_rng(0).normal(size=(count, DIM)) * spread + side
    return np.asarray(random / np.linalg.norm(random, axis=1, keepdims=True), dtype=np.float32)


def catalog(path: Path, counts: dict[str, int]) -> Path:
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE passages"
        " (language TEXT, vector BLOB, sentence_spans BLOB, sentence_vectors BLOB)"
    )
    for language, count in counts.items():
        rows = [(language, vector.astype("<f2").tobytes()) for vector in seeds(count)]
        connection.executemany("INSERT INTO passages VALUES (?, ?, x'', x'')", rows)
    connection.commit()
    connection.close()
    return path


def test_languages_with_enough_passages_are_read(tmp_path: Path) -> None:
    found = real_vectors(catalog(tmp_path / "a.db", {"zh": 120, "vi": MIN_SEEDS, "en": 99}))
    assert list(found) == ["vi", "zh"]
    np.testing.assert_array_equal(found["zh"], seeds(120).astype(np.float16))


def test_too_few_passages_are_named(tmp_path: Path) -> None:
    with pytest.raises(TooFewPassages, match="no language with 100 passages"):
        real_vectors(catalog(tmp_path / "few.db", {"vi": 99}))
    with pytest.raises(TooFewPassages, match="Cannot read"):
        real_vectors(tmp_path / "absent.db")
    assert not (tmp_path / "absent.db").exists()


def test_made_vectors_are_unit_vectors_and_the_same_each_time(tmp_path: Path) -> None:
    made = synthesise(seeds(), 20_000, tmp_path / "a.npy", seed=0)
    assert made.shape == (20_000, DIM)
    assert made.dtype == np.float16
    np.testing.assert_allclose(np.linalg.norm(made.astype(np.float32), axis=1), 1, atol=1e-3)
    np.testing.assert_array_equal(synthesise(seeds(), 20_000, tmp_path / "b.npy", seed=0), made)
    assert (synthesise(seeds(), 100, tmp_path / "c.npy", seed=1) != made[:100]).any()


def test_made_vectors_are_spread_as_the_real_ones(tmp_path: Path) -> None:
    made = synthesise(seeds(), 20_000, tmp_path / "a.npy", seed=0).astype(np.float32)
    np.testing.assert_allclose(made.mean(axis=0), seeds().mean(axis=0), atol=0.02)
    real, own = (np.linalg.eigvalsh(np.cov(some.T))[::-1] for some in (seeds(), made))
    np.testing.assert_allclose(own, real, rtol=0.2)


def test_the_exact_result_goes_through_all_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.bench.query._BLOCK", 64)
    made = synthesise(seeds(), 1000, tmp_path / "a.npy", seed=0)
    questions = seeds(5)
    expected = np.argsort(-(questions @ made.astype(np.float32).T), axis=1)[:, :10]
    np.testing.assert_array_equal(nearest(made, questions), expected)


def test_a_small_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    logged: list[str] = []
    by_language = {"vi": seeds(), "zh": seeds(side=1.0)}
    lines = list(measure(by_language, seeds(20), [1001], [None, "pq4"], logged.append))
    assert [(line["passages"], line["index"]) for line in lines] == [(1001, "flat"), (1001, "pq4")]
    for line in lines:
        assert line["recall@10"] > 0.99
        assert 0 < line["p50_ms"] <= line["p95_ms"]
        assert line["rss_mb"] > 10
    assert lines[0]["bytes_per_passage"] == 2 * DIM
    assert logged[0] == "1,001 passages: making 501 in vi."
    assert not list(tmp_path.iterdir())


def test_a_disk_without_room_is_seen_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    lines = measure({"vi": seeds()}, seeds(20), [1000, 10**13], [None], lambda line: None)
    with pytest.raises(BenchFailed, match=r"need 704,?000.0 GB in .* are free"):
        next(lines)
    assert not list(tmp_path.iterdir())
