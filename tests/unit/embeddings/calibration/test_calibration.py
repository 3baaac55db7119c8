from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder, Fingerprint, load_encoder
from embeddings.calibration.calibration import (
    TOKEN_DIM,
    Calibration,
    Means,
    TokenCalibration,
    mean_of,
)
from embeddings.calibration.neutral_questions import neutral_questions
from embeddings.calibration.store import calibration_file, calibration_for, key_of, load, save
from embeddings.errors import TamnguError

LANGUAGES = ["en", "vi", "zh"]
PRINT = Fingerprint("tiny", "00", 4, "mean", "hỏi: ", "")


def means(seed: int, dim: int = 4) -> Means:
    random = np.random.default_rng(seed)
    return {language: random.normal(size=dim).astype(np.float32) for language in ("vi", "zh-Hant")}


def calibration() -> Calibration:
    random = np.random.default_rng(0)
    tokens = TokenCalibration(
        projection=random.normal(size=(8, TOKEN_DIM)).astype(np.float16).astype(np.float32),
        questions=means(4, 8),
        passages=means(5, 8),
        ids=np.array([2, 5, 9], dtype=np.int32),
        weights=np.array([0.5, 8.25, 2.0], dtype=np.float32),
        unseen=9.125,
        common=np.array([2, 7], dtype=np.int32),
    )
    return Calibration(means(1), means(2), means(3), tokens)


def assert_same_means(one: Means, other: Means) -> None:
    assert set(one) == set(other)
    for language, mean in one.items():
        np.testing.assert_array_equal(other[language], mean)
        assert other[language].dtype == np.float32


def assert_same(one: Calibration, other: Calibration | None) -> None:
    assert other is not None
    assert_same_means(one.questions, other.questions)
    assert_same_means(one.passages, other.passages)
    assert_same_means(one.sentences, other.sentences)
    assert (one.tokens is None) == (other.tokens is None)
    if one.tokens is None or other.tokens is None:
        return
    assert_same_means(one.tokens.questions, other.tokens.questions)
    assert_same_means(one.tokens.passages, other.tokens.passages)
    for name in ("projection", "ids", "weights", "common"):
        expected, found = getattr(one.tokens, name), getattr(other.tokens, name)
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype
    assert one.tokens.unseen == other.tokens.unseen
    assert one.tokens.digest == other.tokens.digest


@pytest.mark.parametrize(
    "stored",
    [calibration(), replace(calibration(), tokens=None), Calibration(means(1))],
    ids=["whole", "without tokens", "questions alone"],
)
def test_a_calibration_is_read_as_it_was_saved(stored: Calibration, tmp_path: Path) -> None:
    save(stored, "key", tmp_path / "c.npz")
    assert_same(stored, load(tmp_path / "c.npz", "key"))


def test_another_models_calibration_is_refused(tmp_path: Path) -> None:
    save(calibration(), key_of(PRINT), tmp_path / "c.npz")
    for other in (replace(PRINT, weights="01"), replace(PRINT, dim=8), replace(PRINT, pooling="x")):
        assert load(tmp_path / "c.npz", key_of(other)) is None
    for other in (replace(PRINT, question_prompt=""), replace(PRINT, passage_prompt="đoạn: ")):
        assert load(tmp_path / "c.npz", key_of(other)) is None
    # The name does not matter.
    assert_same(calibration(), load(tmp_path / "c.npz", key_of(replace(PRINT, model="other"))))


def test_prompts_are_not_taken_for_one_another() -> None:
    one = replace(PRINT, question_prompt="a", passage_prompt="")
    assert key_of(one) != key_of(replace(PRINT, question_prompt="", passage_prompt="a"))


def test_what_is_stored_of_tokens_has_a_name() -> None:
    tokens = calibration().tokens
    assert tokens is not None
    # The index stores nothing that depends on these.
    weights = np.array([1, 2, 3], dtype=np.float32)
    assert replace(tokens, weights=weights, questions=means(9, 8)).digest == tokens.digest
    for other in (
        replace(tokens, projection=-tokens.projection),
        replace(tokens, passages=means(9, 8)),
        replace(tokens, common=np.array([2], dtype=np.int32)),
    ):
        assert other.digest != tokens.digest


def test_a_language_that_is_not_known_has_the_mean_of_all() -> None:
    known = {
        "vi": np.array([1, 0], dtype=np.float32),
        "zh": np.array([0, 1], dtype=np.float32),
        "en": np.array([2, 2], dtype=np.float32),
    }
    assert mean_of(known, "zh").tolist() == [0, 1]
    assert mean_of(known, "th").tolist() == [1, 1]
    assert mean_of(known, "th").dtype == np.float32


def test_tokens_have_the_weights_that_are_known_of_them() -> None:
    tokens = calibration().tokens
    assert tokens is not None
    ids = np.array([9, 2, 1, 5, 10, 3, 2], dtype=np.int32)
    assert tokens.weights_of(ids).tolist() == [2.0, 0.5, 9.125, 8.25, 9.125, 9.125, 0.5]
    assert tokens.weights_of(ids[:0]).tolist() == []
    assert tokens.is_distinctive(ids).tolist() == [True, False, True, True, True, True, False]


def test_the_packaged_model_has_the_shipped_calibration(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAMNGU_CACHE", str(tmp_path))
    found = calibration_for(encoder)
    for group in (found.questions, found.passages, found.sentences):
        assert sorted(group) == LANGUAGES
        assert all(mean.shape == (encoder.fingerprint.dim,) for mean in group.values())
    tokens = found.tokens
    assert tokens is not None
    assert sorted(tokens.questions) == sorted(tokens.passages) == LANGUAGES
    np.testing.assert_allclose(
        tokens.projection.T @ tokens.projection, np.eye(TOKEN_DIM), atol=0.01
    )
    for ids in (tokens.ids, tokens.common):
        assert (np.diff(ids) > 0).all()
    assert (tokens.weights >= 0).all()
    assert tokens.weights.max() <= tokens.unseen + 0.01
    # No calibration was computed.
    assert not list(tmp_path.iterdir())


def test_a_calibration_that_somebody_made_comes_first(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAMNGU_CACHE", str(tmp_path))
    path = calibration_file(encoder.fingerprint)
    path.parent.mkdir()
    made = Calibration({"vi": np.ones(encoder.fingerprint.dim, dtype=np.float32)})
    save(made, key_of(encoder.fingerprint), path)
    assert_same(made, calibration_for(encoder))
    save(made, "of another model", path)
    assert calibration_for(encoder).tokens is not None


@pytest.mark.slow
def test_another_model_is_calibrated_once(
    small_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = load_encoder(str(small_model))
    monkeypatch.setenv("TAMNGU_CACHE", str(tmp_path))
    made = calibration_for(other)
    assert sorted(made.questions) == LANGUAGES
    for language, texts in neutral_questions().items():
        expected = other.encode_questions(texts).mean(axis=0)
        np.testing.assert_allclose(made.questions[language], expected, atol=1e-5)
    assert (made.passages, made.sentences, made.tokens) == ({}, {}, None)
    (file,) = tmp_path.rglob("*.npz")
    written = file.stat().st_mtime_ns
    with monkeypatch.context() as patched:

        def encode(_: Encoder) -> Means:
            raise AssertionError("encoded again")

        patched.setattr("embeddings.calibration.store.question_means", encode)
        assert_same(made, calibration_for(other))
    assert file.stat().st_mtime_ns == written
    file.write_bytes(file.read_bytes()[:-9])
    assert_same(made, calibration_for(other))


@pytest.mark.parametrize("damage", ["empty", "cut", "changed", "another file"])
def test_a_damaged_calibration_is_named(
    damage: str, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAMNGU_CACHE", str(tmp_path))
    path = calibration_file(encoder.fingerprint)
    path.parent.mkdir()
    save(calibration(), key_of(encoder.fingerprint), path)
    data = path.read_bytes()
    content = {
        "empty": b"",
        "cut": data[:-40],
        "changed": data[:300] + bytes(9) + data[309:],
        "another file": b"a text, say " * 9,
    }
    path.write_bytes(content[damage])
    with pytest.raises(TamnguError, match=re.escape(str(path))):
        calibration_for(encoder)
