"""Making the calibration of a model: from texts, once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.calibration.calibration import (
    TOKEN_DIM,
    Calibration,
    Means,
    TokenCalibration,
    neutral_questions,
    question_means,
)
from embeddings.encoder import Encoder, Progress, TokenVectors, Vectors
from embeddings.overlong import normalised

_AT_ONCE = 256
"""Passages whose token vectors are held at a time."""

_SAMPLED = 20
"""Tokens of each passage that the projection is made from."""

_COMMON = 2.0
"""Inverse document frequency under which a passage's tokens are not kept. On ViQuAD 2, CMRC 2018,
DRCD and SQuADShifts leaving out a fifth of the tokens so changed the mean R@1 by .004 at most."""

Texts = Mapping[str, Sequence[str]]
"""Texts by language."""


def calibrate(
    encoder: Encoder,
    questions: Texts,
    passages: Texts,
    sentences: Texts,
    progress: Progress | None = None,
) -> Calibration:
    """Return the calibration of an encoder.

    Args:
        encoder: what to calibrate.
        questions: that people asked; they say which of a question's tokens tell something.
        passages: of any articles, hundreds of each language.
        sentences: of such articles.
        progress: called with the number of texts encoded since the last call.
    """
    survey = _Survey()
    for language, texts in passages.items():
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            survey.add(language, *encoder.encode_passages_by_token(some, progress))
    return Calibration(
        questions=question_means(encoder),
        passages=survey.passage_means(),
        sentences={
            language: encoder.encode_passages(texts, progress).mean(axis=0)
            for language, texts in sentences.items()
        },
        tokens=_tokens(encoder, questions, survey) if survey.sampled else None,
    )


class _Survey:
    """What is counted and summed up of passages, language by language."""

    def __init__(self) -> None:
        self.vectors: dict[str, list[Vectors]] = {}
        self.sampled: dict[str, list[NDArray[np.float32]]] = {}
        self.held_by: Counter[int] = Counter()
        self.passages = 0

    def add(self, language: str, vectors: Vectors, tokens: Sequence[TokenVectors]) -> None:
        self.vectors.setdefault(language, []).append(vectors)
        for each in tokens:
            self.held_by.update(set(each.ids.tolist()))
            places = np.linspace(0, len(each.ids) - 1, min(_SAMPLED, len(each.ids))).astype(int)
            self.sampled.setdefault(language, []).append(each.vectors[places])
        self.passages += len(vectors)

    def passage_means(self) -> Means:
        return {name: np.concatenate(some).mean(axis=0) for name, some in self.vectors.items()}


def _tokens(encoder: Encoder, questions: Texts, survey: _Survey) -> TokenCalibration:
    asked = {
        language: encoder.encode_questions_by_token(texts)[1]
        for language, texts in neutral_questions().items()
    }
    samples = {language: np.concatenate(some) for language, some in survey.sampled.items()}
    means = {language: some.mean(axis=0) for language, some in samples.items()}
    centred = [normalised(some - means[language]) for language, some in samples.items()]
    weights = _weights(encoder, questions, survey)
    ids = np.array(sorted(weights), dtype=np.int32)
    common = [i for i, n in survey.held_by.items() if _idf(n, survey.passages) < _COMMON]
    return TokenCalibration(
        projection=_principal(np.concatenate(centred)),
        questions={
            language: np.concatenate([each.vectors for each in some]).mean(axis=0)
            for language, some in asked.items()
        },
        passages=means,
        ids=ids,
        weights=np.array([weights[i] for i in ids.tolist()], dtype=np.float32),
        unseen=_idf(0, survey.passages),
        common=np.array(sorted(common), dtype=np.int32),
    )


def _weights(encoder: Encoder, questions: Texts, survey: _Survey) -> dict[int, float]:
    """Return tokens' weights: the lesser inverse frequency, among passages and among questions.

    A word that every question has ("which") tells nothing, though few passages have it. A token
    is counted in the language of questions that has it most often.
    """
    weights = {i: _idf(n, survey.passages) for i, n in survey.held_by.items()}
    unseen = _idf(0, survey.passages)
    for texts in questions.values():
        asked_in: Counter[int] = Counter()
        for ids in _ids(encoder, texts):
            asked_in.update(set(ids.tolist()))
        for i, n in asked_in.items():
            weights[i] = min(weights.get(i, unseen), _idf(n, len(texts)))
    return weights


def _ids(encoder: Encoder, texts: Sequence[str]) -> Iterator[NDArray[np.int32]]:
    for start in range(0, len(texts), _AT_ONCE):
        _, tokens = encoder.encode_questions_by_token(texts[start : start + _AT_ONCE])
        for each in tokens:
            yield each.ids


def _idf(held_by: int, texts: int) -> float:
    """Return the inverse document frequency as BM25 has it."""
    return math.log1p((texts - held_by + 0.5) / (held_by + 0.5))


def _principal(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the directions of most variance about the origin, shape (dim, TOKEN_DIM).

    Of a model of fewer dimensions the last ones are zeros.
    """
    _, directions = np.linalg.eigh(rows.T.astype(np.float64) @ rows)
    chosen = directions[:, ::-1][:, :TOKEN_DIM]
    lacking = TOKEN_DIM - chosen.shape[1]
    return np.pad(chosen, ((0, 0), (0, lacking))).astype(np.float32)
