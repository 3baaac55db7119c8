"""A gold set's own passages in a real collection: figures that compare with others'.

Every text is one passage, so that figures compare with published ones; apart from cutting articles
into passages all is done as for users, index, candidates and ranking.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from embeddings import Encoder
from embeddings.calibration.calibration import Calibration
from eval.gold.gold_set import GoldQuestion
from eval.gold.ready_made import Progress, ReadyMade, collect
from eval.metrics.answers import score_answer
from eval.metrics.scoring import Ranked
from eval.runs.run import Place
from rag import Collection, ask, search
from rag.index.snapshot import Snapshot
from rag.retrieval.baselines import rank_by_baseline
from rag.retrieval.confidence import confidence
from rag.retrieval.question import EncodedQuestion, encode_questions
from rag.retrieval.ranking import DEFAULT_WEIGHTS, Candidate, Weights, rank
from tamngu.records.filter import NO_FILTER
from tamngu.records.request import Ranking

_CANDIDATES = 100
_AT_ONCE = 256


@dataclass(frozen=True)
class Ranker:
    """A way to rank.

    Attributes:
        rank: from a question to candidates, best first.
        as_typed: see :func:`rag.retrieval.question.encode_questions`.
    """

    rank: Callable[[Snapshot, EncodedQuestion, Calibration], list[Candidate]]
    as_typed: bool = False


def _plain(snapshot: Snapshot, question: EncodedQuestion, _: Calibration) -> list[Candidate]:
    everything = max(snapshot.languages().values())
    return rank_by_baseline(snapshot, question, "plain", NO_FILTER, min(everything, 1000))


def _words(snapshot: Snapshot, question: EncodedQuestion, _: Calibration) -> list[Candidate]:
    return rank_by_baseline(snapshot, question, "words", NO_FILTER, _CANDIDATES)


def weighed(weights: Weights, *, centred: bool = True) -> Ranker:
    """Return fair ranking with other weights, or without the means of languages."""

    def ranked(
        snapshot: Snapshot, question: EncodedQuestion, calibration: Calibration
    ) -> list[Candidate]:
        if not centred:
            calibration = _without_means(calibration)
        return rank(snapshot, question, calibration, NO_FILTER, _CANDIDATES, weights)

    return Ranker(ranked)


RANKERS: Mapping[str, Ranker] = {
    "plain": Ranker(_plain, as_typed=True),
    "words": Ranker(_words, as_typed=True),
    "passages": weighed(Weights(sentence=0, late=0, lexical=0)),
    "passages, sentences": weighed(Weights(late=0, lexical=0)),
    "passages, sentences, late": weighed(Weights(lexical=0)),
    "fair": weighed(DEFAULT_WEIGHTS),
    "fair without late": weighed(Weights(late=0)),
    "fair without means": weighed(DEFAULT_WEIGHTS, centred=False),
}
"""What an ablation compares, by name: ``plain`` is the baseline, ``fair`` the default."""


@dataclass(frozen=True)
class Pool:
    """A collection of texts that are passages already.

    Attributes:
        collection: open.
        texts: by the key of their passage.
    """

    collection: Collection
    texts: Mapping[int, ReadyMade]


def build(home: Path, encoder: Encoder, texts: Sequence[ReadyMade], progress: Progress) -> Pool:
    """Make a collection in which each text is one passage.

    Args:
        home: an empty folder.
        encoder: the model.
        texts: with ids of their own.
        progress: called with the number of passages stored since the last call.
    """
    collection = collect(home, encoder, texts, progress)
    keys = (int(collection.catalog.keys_of([text.name])[0]) for text in texts)
    return Pool(collection, dict(zip(keys, texts, strict=True)))


def rank_all(
    pool: Pool, questions: Sequence[GoldQuestion], ranker: Ranker, progress: Progress
) -> Iterator[Ranked]:
    """Yield what each question finds; its time is that of its ranking and its part of encoding."""
    encoder = pool.collection.encoder
    with pool.collection.reading() as snapshot:
        for start in range(0, len(questions), _AT_ONCE):
            some = questions[start : start + _AT_ONCE]
            began = time.perf_counter()
            encoded = encode_questions(
                encoder, [(each.text, each.language) for each in some], as_typed=ranker.as_typed
            )
            encoding = (time.perf_counter() - began) / len(some)
            for question in encoded:
                began = time.perf_counter()
                candidates = ranker.rank(snapshot, question, pool.collection.calibration)
                took = time.perf_counter() - began + encoding
                yield _ranked(pool, candidates, took * 1000, surely=not ranker.as_typed)
                progress(1)


def time_all(
    pool: Pool,
    questions: Sequence[GoldQuestion],
    ranked: Sequence[Ranked],
    ranking: Ranking,
    progress: Progress,
) -> Iterator[Ranked]:
    """Yield the same with the time of a whole search for each question, one after the other."""
    for question, found in zip(questions, ranked, strict=True):
        began = time.perf_counter()
        search(pool.collection, question.text, ranking=ranking)
        yield replace(found, took_ms=(time.perf_counter() - began) * 1000)
        progress(1)


def answer_all(
    pool: Pool, questions: Sequence[GoldQuestion], ranked: Sequence[Ranked], progress: Progress
) -> Iterator[Ranked]:
    """Yield the same with what the answers to the questions are worth."""
    texts = {text.name: text.text for text in pool.texts.values()}
    for question, found in zip(questions, ranked, strict=True):
        answer = ask(pool.collection, question.text, language=question.language)
        yield replace(found, answer=score_answer(question, answer, texts))
        progress(1)


def _ranked(pool: Pool, candidates: Sequence[Candidate], took_ms: float, *, surely: bool) -> Ranked:
    single: dict[str, list[str]] = {}
    places = []
    for candidate in candidates:
        text = pool.texts[candidate.key]
        single.setdefault(candidate.language, []).append(text.name)
        places.append(Place(text.name, candidate.language, text.text))
    return Ranked(places, single, took_ms, confidence(candidates) if surely else None)


def _without_means(calibration: Calibration) -> Calibration:
    """Return a calibration that takes nothing away from vectors; tokens keep theirs."""
    zero = np.zeros_like(next(iter(calibration.questions.values())))
    return Calibration({"en": zero}, {"en": zero}, {"en": zero}, calibration.tokens)
