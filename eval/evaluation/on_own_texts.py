"""Ask a gold set about its own passages, in a real collection in which each text is one passage.

Because texts are not cut, the figures are comparable with published ones. Everything else is as for
users: index, candidates and ranking.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from embeddings import Encoder, Progress
from eval.evaluation.passage_collection import collect_passages
from eval.evaluation.rankers import Ranker
from eval.evaluation.score_questions import QuestionOutcome
from eval.gold.gold_set import CorpusText, GoldQuestion
from eval.metrics.answers import score_answer
from eval.runs.run import RankedText
from rag import Collection, ask, search
from rag.retrieval.confidence import confidence
from rag.retrieval.passage_scorer import Candidate
from rag.retrieval.question import encode_questions
from tamngu.records.request import AskRequest, Ranking, SearchRequest

_QUESTIONS_AT_A_TIME = 256


@dataclass(frozen=True)
class Pool:
    """A collection of a gold set's texts.

    Attributes:
        collection: open.
        texts: by the key of their passage.
    """

    collection: Collection
    texts: Mapping[int, CorpusText]


def build(home: Path, encoder: Encoder, texts: Sequence[CorpusText], progress: Progress) -> Pool:
    """Make a collection in which each text is one passage.

    Args:
        home: an empty folder.
        encoder: the model.
        texts: with ids that differ.
        progress: called with the number of passages stored since the last call.
    """
    collection = collect_passages(home, encoder, texts, progress)
    keys = (int(collection.catalog.passages.keys_of([text.id])[0]) for text in texts)
    return Pool(collection, dict(zip(keys, texts, strict=True)))


def rank_all(
    pool: Pool, questions: Sequence[GoldQuestion], ranker: Ranker, progress: Progress
) -> Iterator[QuestionOutcome]:
    """Yield what each question finds.

    Its time is the time of its ranking, and its share of the time in which a batch of questions is
    encoded.
    """
    encoder = pool.collection.encoder
    with pool.collection.reading() as snapshot:
        for start in range(0, len(questions), _QUESTIONS_AT_A_TIME):
            some = questions[start : start + _QUESTIONS_AT_A_TIME]
            began = time.perf_counter()
            encoded = encode_questions(
                encoder, [(each.text, each.language) for each in some], as_typed=ranker.as_typed
            )
            encoding_s = (time.perf_counter() - began) / len(some)
            for question in encoded:
                began = time.perf_counter()
                candidates = ranker.rank(snapshot, question, pool.collection.calibration)
                took_s = time.perf_counter() - began + encoding_s
                yield _outcome(pool, candidates, took_s * 1000, with_confidence=not ranker.as_typed)
                progress(1)


def time_all(
    pool: Pool,
    questions: Sequence[GoldQuestion],
    outcomes: Sequence[QuestionOutcome],
    ranking: Ranking,
    progress: Progress,
) -> Iterator[QuestionOutcome]:
    """Yield the outcomes with the time of a whole search for each question, one by one."""
    for question, outcome in zip(questions, outcomes, strict=True):
        began = time.perf_counter()
        search(pool.collection, SearchRequest(question.text, ranking=ranking))
        yield replace(outcome, took_ms=(time.perf_counter() - began) * 1000)
        progress(1)


def answer_all(
    pool: Pool,
    questions: Sequence[GoldQuestion],
    outcomes: Sequence[QuestionOutcome],
    progress: Progress,
) -> Iterator[QuestionOutcome]:
    """Yield the outcomes with the score of each question's answer."""
    texts = {text.id: text.text for text in pool.texts.values()}
    for question, outcome in zip(questions, outcomes, strict=True):
        answer = ask(pool.collection, AskRequest(question.text, language=question.language))
        yield replace(outcome, answer=score_answer(question, answer, texts))
        progress(1)


def _outcome(
    pool: Pool, candidates: Sequence[Candidate], took_ms: float, *, with_confidence: bool
) -> QuestionOutcome:
    single: dict[str, list[str]] = {}
    found = []
    for candidate in candidates:
        text = pool.texts[candidate.key]
        single.setdefault(candidate.language, []).append(text.id)
        found.append(RankedText(text.id, candidate.language, text.text))
    confident = confidence(candidates) if with_confidence else None
    return QuestionOutcome(found, single, took_ms, confident)
