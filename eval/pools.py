"""Ranking ready-made passages of a parallel set: figures that compare with published ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from statistics import mean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import Encoder, Progress
from eval.metrics import MIXED, SINGLE, means, measure, top
from eval.xquad import Parallel
from rag.fairness import Background, fair_scores, scales
from rag.sentences import sentences

_DEPTH = 10
Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Pools:
    """Scores of all questions against all passages.

    Attributes:
        scores: by question language and passage language, shape (questions, passages).
        answered_by: for each question the place of its passage, the same in all languages.
    """

    scores: Mapping[tuple[str, str], Scores]
    answered_by: list[int]


def text_count(halves: Mapping[str, Parallel], *, plain: bool) -> int:
    """Return how many texts :func:`score` encodes."""
    contexts = [text for half in halves.values() for text in half.contexts]
    questions = sum(len(half.questions) for half in halves.values())
    pieces = 0 if plain else sum(len(sentences(text)) for text in contexts)
    return questions + len(contexts) + pieces


def score(
    encoder: Encoder,
    halves: Mapping[str, Parallel],
    *,
    plain: bool,
    progress: Progress | None = None,
) -> Pools:
    """Encode a parallel set and score every question against every passage.

    Args:
        encoder: the model.
        halves: the set, by language; each context is one passage.
        plain: cosine alone; otherwise the ranking that :func:`rag.search` uses.
        progress: called with the number of texts encoded since the last call.
    """
    questions = {
        language: encoder.encode_questions(half.questions, progress)
        for language, half in halves.items()
    }
    passages = {
        language: encoder.encode_passages(half.contexts, progress)
        for language, half in halves.items()
    }
    answered_by = next(iter(halves.values())).answered_by
    if plain:
        pairs = {
            (asked, answered): questions[asked] @ passages[answered].T
            for asked, answered in product(questions, passages)
        }
        return Pools(pairs, answered_by)
    pools = {
        language: _background(encoder, half, passages[language], progress)
        for language, half in halves.items()
    }
    fair: dict[tuple[str, str], Scores] = {}
    for asked, vectors in questions.items():
        parts = {language: pool.scores(vectors) for language, pool in pools.items()}
        of_dense = scales({language: dense for language, (dense, _) in parts.items()})
        of_sentence = scales({language: best for language, (_, best) in parts.items()})
        for language, (dense, best) in parts.items():
            fair[asked, language] = fair_scores(
                dense, best, of_dense[language], of_sentence[language]
            )
    return Pools(fair, answered_by)


def report(pools: Pools) -> dict[str, Any]:
    """Return ``single``, ``mixed`` and ``mean`` of a run, as the command prints them."""
    languages = sorted({asked for asked, _ in pools.scores}, key=["vi", "zh", "en"].index)
    single = {
        f"{asked}->{answered}": _single(pools, asked, answered)
        for asked, answered in product(languages, languages)
    }
    mixed = {asked: _mixed(pools, asked, languages) for asked in languages}
    return {"single": single, "mixed": mixed, "mean": means(single, mixed)}


def _background(
    encoder: Encoder, half: Parallel, passages: Scores, progress: Progress | None
) -> Background:
    """Encode the sentences of each context; the whole pool is its own background."""
    pieces = [[span.of(text) for span in sentences(text)] for text in half.contexts]
    vectors = encoder.encode_passages([text for some in pieces for text in some], progress)
    ends = np.cumsum([len(some) for some in pieces])
    return Background.of(passages, np.split(vectors, ends[:-1]))


def _single(pools: Pools, asked: str, answered: str) -> dict[str, float]:
    """Measure questions of one language against the passages of one language."""
    scores = pools.scores[asked, answered]
    ids = [str(place) for place in range(scores.shape[1])]
    run = {str(i): top(row, ids, _DEPTH) for i, row in enumerate(scores)}
    relevant = {str(i): [str(place)] for i, place in enumerate(pools.answered_by)}
    return measure(SINGLE, relevant, run)


def _mixed(pools: Pools, asked: str, languages: list[str]) -> dict[str, float]:
    """Measure questions of one language against the passages of all languages in one pool."""
    scores = np.concatenate([pools.scores[asked, language] for language in languages], axis=1)
    places = scores.shape[1] // len(languages)
    ids = [f"{language}:{place}" for language in languages for place in range(places)]
    run = {str(i): top(row, ids, len(ids)) for i, row in enumerate(scores)}
    relevant = {
        str(i): [f"{language}:{place}" for language in languages]
        for i, place in enumerate(pools.answered_by)
    }
    same = [
        sum(found.startswith(asked + ":") for found in list(row)[:_DEPTH]) / _DEPTH
        for row in run.values()
    ]
    return measure(MIXED, relevant, run) | {"same_language_share@10": round(mean(same), 4)}
