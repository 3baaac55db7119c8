"""Ask a gold set about its own passages, in a real collection in which each text is one passage.

Because texts are not cut, the figures are comparable with published ones. Everything else is as for
users: index, candidates and ranking.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from embeddings import Encoder, Progress
from eval.evaluation.passage_collection import COLLECTION, collect_passages
from eval.evaluation.rankers import Ranker
from eval.evaluation.score_questions import QuestionOutcome
from eval.gold.gold_set import CorpusText, GoldQuestion
from eval.metrics.answers import score_answer
from eval.runs.run import RankedText
from rag import Collection, ask, search
from rag.collection.paths import Home
from rag.retrieval.confidence import confidence
from rag.retrieval.fusion import READ, read_best
from rag.retrieval.hits import select
from rag.retrieval.passage_scorer import Candidate
from rag.retrieval.question import encode_questions
from reading import Reader
from reading.load import NO_READER
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


def build(
    home: Home,
    encoder: Encoder,
    texts: Sequence[CorpusText],
    progress: Progress,
    reader: Reader | None = None,
    name: str = COLLECTION,
) -> Pool:
    """Make a collection in which each text is one passage.

    Args:
        home: of the collection.
        encoder: the model.
        texts: with ids that differ.
        progress: called with the number of passages stored since the last call.
        reader: reads what is found; None: nothing is read.
        name: of the collection; the home has none of this name.
    """
    collection = collect_passages(home, encoder, texts, progress, reader or NO_READER, name)
    keys = (int(collection.catalog.passages.keys_of([text.id])[0]) for text in texts)
    return Pool(collection, dict(zip(keys, texts, strict=True)))


def rank_all(
    pool: Pool, questions: Sequence[GoldQuestion], ranker: Ranker, progress: Progress
) -> Iterator[QuestionOutcome]:
    """Yield what each question finds.

    Its time is the time of its ranking and reading, and its share of the time in which a batch of
    questions is encoded.
    """
    encoder = pool.collection.encoder
    reader = pool.collection.reader if ranker.reads else None
    with pool.collection.reading() as snapshot:
        for start in range(0, len(questions), _QUESTIONS_AT_A_TIME):
            some = questions[start : start + _QUESTIONS_AT_A_TIME]
            began = time.perf_counter()
            encoded = encode_questions(
                encoder, [(each.text, each.language) for each in some], as_typed=ranker.as_typed
            )
            encoding_s = (time.perf_counter() - began) / len(some)
            for asked, question in zip(some, encoded, strict=True):
                began = time.perf_counter()
                ranked = ranker.rank(snapshot, question, pool.collection.calibration)
                read = _read(pool, reader, asked.text, ranked[:READ])
                found = _in_new_order(ranked, read)
                took_s = time.perf_counter() - began + encoding_s
                single = _in_each_language(pool, reader, asked.text, ranked)
                has_confidence = not ranker.as_typed
                yield QuestionOutcome(
                    found=[_text(pool, each) for each in found],
                    single={name: _ids(pool, some) for name, some in single.items()},
                    took_ms=took_s * 1000,
                    confidence=(
                        confidence(found, question.language, in_own=question.language in single)
                        if has_confidence
                        else None
                    ),
                    single_confidence={
                        name: confidence(some, question.language, in_own=name == question.language)
                        for name, some in single.items()
                        if has_confidence
                    },
                )
                progress(1)


def _in_each_language(
    pool: Pool, reader: Reader | None, question: str, ranked: Sequence[Candidate]
) -> dict[str, Sequence[Candidate]]:
    """Return what is found in each language, as if the pool had no other language.

    The best of each language are read anew: how much of a passage is read depends on its rank.

    Args:
        pool: that was asked.
        reader: reads the best of each language; None: nothing is read.
        question: what is asked.
        ranked: candidates of all languages, best first.
    """
    ranked_in: dict[str, list[Candidate]] = {}
    for candidate in ranked:
        ranked_in.setdefault(candidate.language, []).append(candidate)
    return {
        language: _in_new_order(candidates, _read(pool, reader, question, candidates[:READ]))
        for language, candidates in ranked_in.items()
    }


def _read(
    pool: Pool, reader: Reader | None, question: str, candidates: Sequence[Candidate]
) -> dict[int, Candidate]:
    """Return candidates with the scores that their reading gives them, by their keys."""
    if reader is None or not candidates:
        return {}
    catalog = pool.collection.catalog
    selection = select(catalog, candidates, len(candidates), include_duplicates=True)
    fused, _ = read_best(reader, question, selection)
    return {each.candidate.key: each.candidate for each in fused.found}


def _in_new_order(
    ranked: Sequence[Candidate], read: Mapping[int, Candidate]
) -> Sequence[Candidate]:
    """Return candidates, the best of them in the order that reading gives them."""
    if not read:
        return ranked
    best = [read[each.key] for each in ranked[:READ]]
    return [*sorted(best, key=lambda each: -each.score), *ranked[READ:]]


def _ids(pool: Pool, candidates: Sequence[Candidate]) -> list[str]:
    return [_text(pool, each).id for each in candidates]


def _text(pool: Pool, candidate: Candidate) -> RankedText:
    text = pool.texts[candidate.key]
    return RankedText(text.id, candidate.language, text.text)


def time_all(
    pool: Pool,
    questions: Sequence[GoldQuestion],
    outcomes: Sequence[QuestionOutcome],
    ranking: Ranking,
    progress: Progress,
) -> Iterator[QuestionOutcome]:
    """Yield the outcomes with the time of a whole search for each question, one by one."""
    read = ranking == "hybrid"
    for question, outcome in zip(questions, outcomes, strict=True):
        began = time.perf_counter()
        search(pool.collection, SearchRequest(question.text, ranking=ranking, read=read))
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
