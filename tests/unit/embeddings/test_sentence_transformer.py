from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder, EncoderError, Fingerprint, load_encoder

TEXTS = ["Hội đồng Bảo an", "联合国安理会", "Security Council", "a", "Đại hội đồng " * 30]


def test_vectors_are_normalised_float32_in_input_order(encoder: Encoder) -> None:
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert vector @ encoder.encode_passages([text])[0] > 0.9999


def test_questions_and_passages_are_encoded_differently(encoder: Encoder) -> None:
    assert encoder.encode_questions(TEXTS[:1])[0] @ encoder.encode_passages(TEXTS[:1])[0] < 0.99


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode_questions([]).shape == (0, 384)


def test_decomposed_diacritics_are_the_same_text(encoder: Encoder) -> None:
    both = [TEXTS[0], unicodedata.normalize("NFD", TEXTS[0])]
    assert both[0] != both[1]
    first, second = encoder.encode_passages(both)
    assert first @ second > 0.9999
    assert len(set(encoder.count_tokens(both))) == 1


def test_token_counts_are_not_cut_at_the_models_length(encoder: Encoder) -> None:
    long = "word " * 1999 + "word"
    encoder.encode_passages([long])
    assert encoder.count_tokens([long]) == [2000]


def test_many_threads_get_the_vectors_of_one(encoder: Encoder) -> None:
    alone = encoder.encode_questions(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda i: encoder.encode_questions([TEXTS[i % 5]]), range(40)))
    for i, vector in enumerate(results):
        assert vector[0] @ alone[i % 5] > 0.9999


def test_progress_adds_up_to_all_texts(encoder: Encoder) -> None:
    done: list[int] = []
    encoder.encode_questions([f"x{i}" for i in range(2500)], done.append)
    assert sum(done) == 2500
    assert len(done) > 1


def test_any_sentence_transformers_directory_is_an_encoder(small_model: Path) -> None:
    first, second = (load_encoder(str(small_model)) for _ in range(2))
    assert first.fingerprint == second.fingerprint
    assert first.fingerprint.dim == 32
    assert first.fingerprint.pooling == "cls"
    assert first.encode_passages(["ngoại giao"]).shape == (1, 32)


def test_a_model_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="Cannot load the model"):
        load_encoder(str(tmp_path / "nothing"))


def test_a_fingerprint_survives_json(encoder: Encoder) -> None:
    assert Fingerprint.from_json(encoder.fingerprint.to_json()) == encoder.fingerprint
