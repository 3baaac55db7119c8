"""Evaluate a gold set: on its own texts, or on a collection's articles."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings import Encoder, Progress
from eval.evaluation import on_collection as pipeline
from eval.evaluation import on_own_texts as pools
from eval.evaluation.passage_collection import COLLECTION
from eval.evaluation.rankers import Ranker
from eval.evaluation.score_questions import QuestionOutcome, score
from eval.evaluation.temporary import temporary_name
from eval.gold.gold_set import CorpusText, GoldSet
from eval.runs.run import Run
from rag import Collection
from rag.collection.paths import Home
from reading import Reader
from reading.load import NO_READER
from tamngu.records.request import Ranking, ranking_named

ProgressBar = Callable[[int, str], AbstractContextManager[Progress]]
"""Shows progress; takes the total and the unit, such as ``passage``."""


def evaluate_texts(
    gold: GoldSet,
    encoder: Encoder,
    rankers: Mapping[str, Ranker],
    bar: ProgressBar,
    *,
    distractors: Iterable[CorpusText] = (),
    answers: bool = False,
    timed: bool = False,
    reader: Reader | None = None,
    settings: Mapping[str, str] = {},
    place: Home | None = None,
) -> list[Run]:
    """Ask a gold set about its own texts, each of them one passage, with several rankers.

    Args:
        gold: with texts.
        encoder: the model.
        rankers: by name.
        bar: shows progress.
        distractors: more passages, which answer no question.
        answers: also answer each question and score the answers.
        timed: also run a whole search for each question on its own, and report its time. The names
            of the rankers must then be rankings of :func:`rag.search`.
        reader: reads what is found by rankers that read, and for answers; None: nothing is read.
        settings: to store in the runs.
        place: a cluster to hold the texts, under a name of their own, until the end; else a folder
            for temporary files holds them.

    Returns:
        one run per ranker.
    """
    assert gold.texts is not None
    texts = [*gold.texts, *distractors]
    languages = gold.languages
    runs = []
    with _temporary(place) as (home, name):
        began = time.perf_counter()
        with bar(len(texts), "passage") as progress:
            pool = pools.build(home, encoder, texts, progress, reader, name)
        index_s = round(time.perf_counter() - began, 1)
        try:
            for ranking, ranker in rankers.items():
                started = time.perf_counter()
                outcomes = _ask_pool(pool, gold, ranker, bar)
                if timed:
                    outcomes = _time_searches(pool, gold, outcomes, ranking, bar)
                if answers:
                    with bar(len(gold.questions), "answer") as progress:
                        answered = pools.answer_all(pool, gold.questions, outcomes, progress)
                        outcomes = list(answered)
                run = Run(
                    gold=gold.spec,
                    digest=gold.digest,
                    encoder=str(encoder.fingerprint),
                    ranking=ranking,
                    settings=dict(settings),
                    collection={"name": gold.spec, "passages": str(len(texts))},
                    results=score(gold.questions, outcomes, languages),
                    took_s=round(time.perf_counter() - started, 1),
                    tamngu=version("tamngu"),
                    index_s=index_s,
                    reader=named(reader if ranker.reads or answers else None),
                )
                runs.append(run)
        finally:
            pool.collection.close()
    return runs


@contextmanager
def _temporary(place: Home | None) -> Iterator[tuple[Home, str]]:
    """Yield a home and the name of a collection, which is gone after the block."""
    if place is None or isinstance(place, Path):
        with TemporaryDirectory() as folder:
            yield Path(folder), COLLECTION
        return
    with temporary_name(place, COLLECTION) as name:
        yield place, name


def _ask_pool(
    pool: pools.Pool, gold: GoldSet, ranker: Ranker, bar: ProgressBar
) -> list[QuestionOutcome]:
    with bar(len(gold.questions), "question") as progress:
        return list(pools.rank_all(pool, gold.questions, ranker, progress))


def _time_searches(
    pool: pools.Pool,
    gold: GoldSet,
    outcomes: Sequence[QuestionOutcome],
    name: str,
    bar: ProgressBar,
) -> list[QuestionOutcome]:
    ranking = ranking_named(name)
    assert ranking is not None
    with bar(len(gold.questions), "search") as progress:
        return list(pools.time_all(pool, gold.questions, outcomes, ranking, progress))


def evaluate_collection(
    gold: GoldSet, collection: Collection, ranking: Ranking, bar: ProgressBar
) -> Run:
    """Ask a gold set about a collection's articles, by search and by ask.

    Raises:
        BadGoldSet: it names articles or quotes that the collection lacks.
    """
    digest = gold.digest
    gold = pipeline.with_stored_ids(collection, gold)
    languages = pipeline.article_languages(collection, gold)
    started = time.perf_counter()
    with bar(len(gold.questions), "question") as progress:
        outcomes = list(pipeline.rank_all(collection, gold, languages, ranking, progress))
    return Run(
        gold=gold.spec,
        digest=digest,
        encoder=str(collection.encoder.fingerprint),
        ranking=ranking,
        settings={},
        collection=_state(collection),
        results=score(gold.questions, outcomes, languages),
        took_s=round(time.perf_counter() - started, 1),
        tamngu=version("tamngu"),
        reader=named(collection.reader if ranking == "hybrid" else None),
    )


def named(reader: Reader | None) -> str:
    """Return a reader's name and the start of its digest, ``none`` for no reader."""
    if reader is None:
        return NO_READER
    # A model of a hub has no other digest than its name.
    known = f" ({reader.digest[:8]})" if reader.digest != reader.name else ""
    return reader.name + known


def _state(collection: Collection) -> dict[str, str]:
    with collection.reading() as snapshot:
        return {
            "name": collection.name,
            "identity": snapshot.identity,
            "revision": str(snapshot.revision),
            "passages": str(sum(snapshot.languages().values())),
        }


def without_half_of_texts(gold: GoldSet) -> GoldSet:
    """Return a gold set without every other text; questions that only those answer stay.

    Those questions are then unanswerable. In a parallel set, a paragraph is left out in all
    languages.
    """
    assert gold.texts is not None
    left_out = {text.id for text in gold.texts if _number(text.id) % 2}
    questions = tuple(
        replace(
            question,
            relevant=tuple(r for r in question.relevant if r.article_id not in left_out),
        )
        for question in gold.questions
    )
    texts = tuple(text for text in gold.texts if text.id not in left_out)
    return GoldSet(f"{gold.spec} (half)", questions, texts)


def _number(text_id: str) -> int:
    digits = text_id.rpartition("-")[2]
    return int(digits) if digits.isdigit() else sum(map(ord, text_id))


def distractor_texts(passages: Mapping[str, Sequence[str]]) -> list[CorpusText]:
    """Give ids to passages that answer no question, listed by language."""
    return [
        CorpusText(f"other-{language}-{number}", text, language)
        for language, some in passages.items()
        for number, text in enumerate(some)
    ]
