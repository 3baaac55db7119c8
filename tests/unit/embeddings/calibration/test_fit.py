from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from embeddings import Fingerprint, TokenVectors, Vectors
from embeddings.calibration.calibration import TOKEN_DIM
from embeddings.calibration.fit import calibrate
from embeddings.calibration.neutral_questions import neutral_questions
from embeddings.encoder import Progress

LANGUAGES = ["en", "vi", "zh"]


def test_the_neutral_questions_are_as_many_in_each_language() -> None:
    questions = neutral_questions()
    assert sorted(questions) == LANGUAGES
    for texts in questions.values():
        assert len(texts) == len(set(texts)) == 64
        assert all(text == text.strip() != "" for text in texts)
    assert all(text.isascii() and text.endswith("?") for text in questions["en"])
    assert not any(text.isascii() for text in questions["vi"] + questions["zh"])


class LetterEncoder:
    """A stand-in for a model: each letter is a token; its vector depends on letter and language.

    The vectors of Chinese are shifted. Only the methods that calibration needs are there.
    """

    max_passage_tokens = max_question_tokens = 100
    truncated = 0
    dim = TOKEN_DIM + 8

    def __init__(self, gives_tokens: bool = True) -> None:
        self.fingerprint = Fingerprint("tiny", "00", self.dim, "mean", "hỏi: ", "")
        self._gives_tokens = gives_tokens
        self._vectors = np.random.default_rng(0).normal(size=(0x30, self.dim)).astype(np.float32)

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return np.stack([self._tokens(text).vectors.mean(axis=0) for text in texts])

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if progress is not None:
            progress(len(texts))
        return self.encode_questions(texts)

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        return self.encode_passages_by_token(texts)

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        tokens = [self._tokens(text) for text in texts] if self._gives_tokens else []
        return self.encode_passages(texts, progress), tokens

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    def _tokens(self, text: str) -> TokenVectors:
        ids = np.array([ord(letter) % 0x30 for letter in text], dtype=np.int32)
        away = np.float32(5 if any(letter > "\u4e00" for letter in text) else 0)
        return TokenVectors(ids, self._vectors[ids] + away)


def test_calibrating_tells_what_is_common_and_where_languages_lie() -> None:
    encoder = LetterEncoder()
    passages = {
        "vi": [f"a{letter}" for letter in "bcdefghijklm"],
        "zh": [f"中{letter}a" for letter in "bcdefghijklm"],
    }
    done: list[int] = []
    made = calibrate(encoder, {"vi": ["wb", "wc", "wd", "we"]}, passages, passages, done.append)
    assert sum(done) == 48
    assert sorted(made.questions) == LANGUAGES
    for group in (made.passages, made.sentences):
        assert sorted(group) == ["vi", "zh"]
        np.testing.assert_allclose(
            group["vi"], encoder.encode_passages(passages["vi"]).mean(axis=0), atol=1e-5
        )
    tokens = made.tokens
    assert tokens is not None
    assert tokens.projection.shape == (encoder.dim, TOKEN_DIM)
    np.testing.assert_allclose(
        tokens.projection.T @ tokens.projection, np.eye(TOKEN_DIM), atol=1e-4
    )
    assert sorted(tokens.passages) == ["vi", "zh"]
    assert (tokens.passages["zh"] - tokens.passages["vi"]).mean() == pytest.approx(5, abs=1)
    every, some, asked, never = (np.array([ord(letter) % 0x30]) for letter in "abwx")
    assert not tokens.is_distinctive(every.astype(np.int32)).any()
    assert tokens.is_distinctive(some.astype(np.int32)).all()
    weights = [float(tokens.weights_of(each.astype(np.int32))[0]) for each in (every, asked, some)]
    # The first is in all passages, the second in all questions and in no passage, the third in one
    # of four questions and in two passages.
    assert weights == sorted(weights)
    assert weights[1] < 0.2 < weights[2] < tokens.unseen
    assert tokens.weights_of(never.astype(np.int32)).tolist() == [np.float32(tokens.unseen)]


def test_an_encoder_that_gives_no_tokens_is_calibrated_without() -> None:
    texts = {"vi": ["ab", "cd"], "zh": ["中", "文"]}
    made = calibrate(LetterEncoder(gives_tokens=False), texts, texts, texts)
    assert made.tokens is None
    assert sorted(made.passages) == sorted(made.sentences) == ["vi", "zh"]
