from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rag.index.lexical_index
from rag.index.lexical_index import FIELD_WEIGHTS, LexicalIndex
from rag.text.terms import FIELDS, terms

_VOCABULARY = [f"{letter}{number}" for letter in "abcd" for number in range(60)]


def _texts(number: int, seed: int = 0) -> list[str]:
    """Return texts of 10 to 80 words from a vocabulary of few common and many rare words."""
    random = np.random.default_rng(seed)
    chances = 1 / np.arange(1, len(_VOCABULARY) + 1)
    return [
        " ".join(random.choice(_VOCABULARY, random.integers(10, 80), p=chances / chances.sum()))
        for _ in range(number)
    ]


def _bm25(texts: list[str], question: str, language: str) -> list[float]:
    """Return the score of each text, computed with exact lengths."""
    scores = [0.0] * len(texts)
    analysed = [terms(text, language) for text in texts]
    for field in FIELDS:
        documents: list[list[str]] = [getattr(one, field) for one in analysed]
        mean = sum(map(len, documents)) / len(documents)
        for term in set(getattr(terms(question, language), field)):
            holding = sum(term in document for document in documents)
            rarity = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
            for position, document in enumerate(documents):
                often = document.count(term)
                norm = 1.2 * (0.25 + 0.75 * len(document) / mean)
                scores[position] += FIELD_WEIGHTS[field] * rarity * 2.2 * often / (often + norm)
    return scores


@pytest.fixture
def built(tmp_path: Path) -> Callable[..., LexicalIndex]:
    def build(texts: list[str], language: str = "en", step: int = 1) -> LexicalIndex:
        rows = range(0, len(texts) * step, step)
        LexicalIndex.build(tmp_path / "index", zip(rows, texts, strict=True), language)
        return LexicalIndex.open(tmp_path / "index", language)

    return build


@pytest.mark.parametrize("language", ["vi", "zh", "en"])
def test_scores_are_bm25(built: Callable[..., LexicalIndex], language: str) -> None:
    texts = [f"{text} 越南加入联合国"[: 100 + 7 * at] for at, text in enumerate(_texts(50))]
    question = "a0 b7 c3 c4 联合国 a1 a0"
    rows, scores = built(texts, language).search(question, 50)
    expected = np.array(_bm25(texts, question, language))
    assert len(rows) == np.count_nonzero(expected)
    # Lengths over 40 are rounded down by up to 1/9.
    np.testing.assert_allclose(scores, expected[rows], rtol=0.07)
    assert np.all(np.diff(scores) <= 0)


def test_short_passages_score_exactly(built: Callable[..., LexicalIndex]) -> None:
    texts = [" ".join(text.split()[:38]) for text in _texts(60)]
    rows, scores = built(texts).search("a0 b7 c3 a5", 60)
    np.testing.assert_allclose(scores, np.array(_bm25(texts, "a0 b7 c3 a5", "en"))[rows], rtol=1e-5)


@pytest.mark.parametrize(
    ("language", "passage", "question"),
    [
        ("vi", "Việt Nam gia nhập Liên Hợp Quốc năm 1977.", "viet nam gia nhap nam nao"),
        ("vi", "Thoả thuận hoà bình", "thỏa thuận hòa bình"),
        ("zh", "越南于1977年加入联合国。", "越南何時加入聯合國"),
        ("en", "Viet Nam joined the United Nations.", "When did Việt Nam join?"),
        ("en", "The secretary of ASEAN spoke.", "ASEAN秘书长是谁？"),
    ],
)
def test_a_question_finds_its_passage(
    built: Callable[..., LexicalIndex], language: str, passage: str, question: str
) -> None:
    rows, scores = built(["x1 y2", passage, "z"], language, step=5).search(question, 3)
    assert rows.tolist() == [5]
    assert [rows.dtype.name, scores.dtype.name] == ["int64", "float32"]


@pytest.mark.parametrize("question", ["", "?!", "zebra", "\x00", 'a0" AND (b1 OR *) row:3'])
def test_any_text_can_be_searched_for(built: Callable[..., LexicalIndex], question: str) -> None:
    rows, scores = built(_texts(20)).search(question, 5)
    assert len(rows) == len(scores) == (5 if "a0" in question else 0)


def test_equal_scores_come_by_ascending_row(built: Callable[..., LexicalIndex]) -> None:
    rows, _ = built(["one two"] * 40, step=3).search("two", 10)
    assert rows.tolist() == list(range(0, 30, 3))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.data())
def test_both_ways_to_filter_find_the_same(
    built: Callable[..., LexicalIndex], tmp_path: Path, data: st.DataObject
) -> None:
    if (tmp_path / "index").exists():
        index = LexicalIndex.open(tmp_path / "index", "en")
    else:
        index = built(_texts(200), step=2)
    length = data.draw(st.integers(0, 420))
    share = data.draw(st.floats(0, 1))
    k = data.draw(st.integers(1, 60))
    allowed = np.random.default_rng(length).random(length) < share
    every, scores = index.search("a0 b5 c7 d9", 1000)
    best = [at for at, row in enumerate(every) if row < length and allowed[row]][:k]
    for few in (0, 1000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rag.index.lexical_index, "_FEW_ROWS", few)
            rows, found = index.search("a0 b5 c7 d9", k, allowed)
        np.testing.assert_allclose(found, scores[best], rtol=1e-5)
        assert set(rows.tolist()) <= set(np.flatnonzero(allowed).tolist())
        assert len(set(rows.tolist())) == len(best)


def test_the_index_counts_its_passages_and_terms(built: Callable[..., LexicalIndex]) -> None:
    index = built(["red green", "red", "blue blue blue"], step=7)
    assert index.rows().tolist() == [0, 7, 14]
    assert index.statistics.passages == 3
    assert index.statistics.tokens == {"words": 6, "folded": 6, "pairs": 3}
    assert index.document_frequency("words", "red") == 2
    assert index.document_frequency("pairs", "blue_blue") == 1
    assert index.document_frequency("words", "none") == 0


def test_an_index_may_be_empty(built: Callable[..., LexicalIndex]) -> None:
    index = built([])
    assert index.search("red", 5, np.ones(3, dtype=np.bool_))[0].shape == (0,)
    assert index.rows().shape == (0,)


@pytest.mark.parametrize("k", [0, 1, 10**12])
def test_any_number_of_passages_may_be_wanted(built: Callable[..., LexicalIndex], k: int) -> None:
    assert len(built(["red"] * 3).search("red", k)[0]) == min(k, 3)


def _contents(directory: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in directory.iterdir()
    }


def test_opening_and_searching_do_not_change_the_folder(
    built: Callable[..., LexicalIndex], tmp_path: Path
) -> None:
    built(_texts(30))
    before = _contents(tmp_path / "index")
    assert not [name for name in before if name.endswith((".lock", ".tmp"))]
    (tmp_path / "index").chmod(0o555)
    index = LexicalIndex.open(tmp_path / "index", "en")
    index.search("a0", 5, np.ones(30, dtype=np.bool_))
    assert len(index.rows()) == 30
    assert _contents(tmp_path / "index") == before
    (tmp_path / "index").chmod(0o755)


def test_all_files_are_equally_readable(built: Callable[..., LexicalIndex], tmp_path: Path) -> None:
    built(["red"])
    assert len({path.stat().st_mode for path in (tmp_path / "index").iterdir()}) == 1


def test_an_open_index_can_be_searched_after_its_folder_is_deleted(
    built: Callable[..., LexicalIndex], tmp_path: Path
) -> None:
    index = built(["red", "green"])
    shutil.rmtree(tmp_path / "index")
    assert index.search("green", 5)[0].tolist() == [1]


def test_many_threads_find_what_one_thread_finds(built: Callable[..., LexicalIndex]) -> None:
    index = built(_texts(100))
    questions = ["a0 b5", "c7 d9 a3", "a1"] * 30
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: index.search(question, 5)[0].tolist(), questions))
    assert found == found[:3] * 30


def test_an_index_of_another_language_is_refused(
    built: Callable[..., LexicalIndex], tmp_path: Path
) -> None:
    built(["red"])
    for directory, language in [("none", "en"), (".", "en"), ("index", "vi")]:
        with pytest.raises(ValueError, match="lexical index"):
            LexicalIndex.open(tmp_path / directory, language)


@pytest.mark.parametrize("damage", ["meta.json", "summary.json", ".term", ".fast", ".idx"])
@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_a_damaged_index_is_refused(
    built: Callable[..., LexicalIndex], tmp_path: Path, damage: str, content: bytes | None
) -> None:
    built(_texts(30))
    (path,) = (path for path in (tmp_path / "index").iterdir() if path.name.endswith(damage))
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(ValueError, match="lexical index"):
        LexicalIndex.open(tmp_path / "index", "en")


def test_an_index_of_another_analysis_is_refused(
    built: Callable[..., LexicalIndex], tmp_path: Path
) -> None:
    built(["red"])
    path = tmp_path / "index" / "summary.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "analysis": 0}))
    with pytest.raises(ValueError, match="lexical index"):
        LexicalIndex.open(tmp_path / "index", "en")


def test_an_existing_index_is_not_overwritten(
    built: Callable[..., LexicalIndex], tmp_path: Path
) -> None:
    built(["red"])
    with pytest.raises(FileExistsError):
        LexicalIndex.build(tmp_path / "index", [(0, "green")], "en")


def test_an_error_while_passages_are_read_leaves_no_index(tmp_path: Path) -> None:
    passages = ((row, "red") if row < 5 else (row, str(1 // 0)) for row in range(10))
    with pytest.raises(ZeroDivisionError):
        LexicalIndex.build(tmp_path / "index", passages, "en")
    with pytest.raises(ValueError, match="lexical index"):
        LexicalIndex.open(tmp_path / "index", "en")
