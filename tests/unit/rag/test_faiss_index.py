from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import Vectors
from rag.faiss_index import FaissIndex

DIM = 16


def vectors(count: int, seed: int = 0) -> Vectors:
    drawn = np.random.default_rng(seed).normal(size=(count, DIM)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["vi", "zh", "en"]), min_size=1, max_size=30),
    st.sets(st.integers(0, 29)),
    st.integers(1, 40),
)
def test_search_agrees_with_a_full_sort(languages: list[str], gone: set[int], k: int) -> None:
    count = len(languages)
    index = FaissIndex(DIM)
    stored = vectors(count)
    index.upsert(np.arange(count), languages, stored)
    index.delete(np.array(sorted(gone), dtype=np.int64))
    question = vectors(1, seed=1)
    for language in ("vi", "zh", "en"):
        kept = [i for i in range(count) if languages[i] == language and i not in gone]
        expected = sorted(kept, key=lambda i: -float(stored[i] @ question[0]))[:k]
        found = index.search(question, k, language)
        assert found.keys[0].tolist() == expected
        np.testing.assert_allclose(found.scores[0], stored[expected] @ question[0], atol=1e-5)
    assert (
        sum(index.languages().values())
        == len(index.keys())
        == count - len(gone & set(range(count)))
    )


def test_an_upsert_replaces_also_in_another_language() -> None:
    index = FaissIndex(DIM)
    index.upsert(np.array([1, 2]), ["vi", "vi"], vectors(2))
    index.upsert(np.array([2]), ["zh"], vectors(1, seed=3))
    assert index.languages() == {"vi": 1, "zh": 1}


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    index = FaissIndex(DIM)
    index.upsert(np.arange(10) + 7, ["vi", "zh"] * 5, vectors(10))
    index.save(tmp_path)
    loaded = FaissIndex.load(tmp_path, DIM)
    assert sorted(loaded.keys()) == sorted(index.keys())
    question = vectors(1, seed=1)
    assert (
        loaded.search(question, 3, "zh").keys.tolist()
        == index.search(question, 3, "zh").keys.tolist()
    )
    with pytest.raises(ValueError, match="no index of 8 dimensions"):
        FaissIndex.load(tmp_path, 8)
    (tmp_path / "vi.faiss").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match="is no FAISS index"):
        FaissIndex.load(tmp_path, DIM)
