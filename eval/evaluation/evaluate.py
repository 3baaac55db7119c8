"""Asking all questions of a gold set, of its own texts or of a collection's articles."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings import Encoder
from eval.evaluation import pipeline, pools
from eval.evaluation.pools import Ranker
from eval.gold.gold_set import GoldSet
from eval.gold.ready_made import Progress, ReadyMade
from eval.metrics.scoring import score
from eval.runs.run import Run
from rag import Collection
from tamngu.records.request import Ranking

Bar = Callable[[int, str], AbstractContextManager[Progress]]
"""Shows progress over so many of something, such as ``passage``."""


def evaluate_texts(
    gold: GoldSet,
    encoder: Encoder,
    rankers: Mapping[str, Ranker],
    bar: Bar,
    *,
    distractors: Iterable[ReadyMade] = (),
    answers: bool = False,
    timed: bool = False,
    settings: Mapping[str, str] = {},
) -> list[Run]:
    """Ask a gold set of its own texts, each one passage, in each of the ways to rank.

    Args:
        gold: with texts.
        encoder: the model.
        rankers: by name.
        bar: shows progress.
        distractors: more passages, which answer nothing.
        answers: also have each question answered.
        timed: also search for each question by itself, and take that time; the rankers are to be
            those that :func:`rag.search` has.
        settings: what the runs are to say of how they were made.
    """
    assert gold.texts is not None
    texts = [*gold.texts, *distractors]
    languages = {text.name: text.language for text in gold.texts}
    runs = []
    with TemporaryDirectory() as home:
        began = time.perf_counter()
        with bar(len(texts), "passage") as progress:
            pool = pools.build(Path(home), encoder, texts, progress)
        index_s = round(time.perf_counter() - began, 1)
        try:
            for name, ranker in rankers.items():
                started = time.perf_counter()
                with bar(len(gold.questions), "question") as progress:
                    ranked = list(pools.rank_all(pool, gold.questions, ranker, progress))
                if timed:
                    with bar(len(gold.questions), "search") as progress:
                        ranked = list(
                            pools.time_all(pool, gold.questions, ranked, name, progress)  # type: ignore[arg-type]
                        )
                if answers:
                    with bar(len(gold.questions), "answer") as progress:
                        ranked = list(pools.answer_all(pool, gold.questions, ranked, progress))
                results = score(gold.questions, ranked, languages)
                took_s = round(time.perf_counter() - started, 1)
                state = {"name": gold.spec, "passages": str(len(texts))}
                runs.append(
                    Run(
                        gold.spec,
                        gold.digest,
                        str(encoder.fingerprint),
                        name,
                        dict(settings),
                        state,
                        results,
                        took_s,
                        version("tamngu"),
                        index_s,
                    )
                )
        finally:
            pool.collection.close()
    return runs


def evaluate_collection(
    gold: GoldSet, collection: Collection, ranking: Ranking, bar: Bar, *, k: int | None = None
) -> Run:
    """Ask a gold set of a collection's articles, by search and by ask.

    Raises:
        BadGoldSet: it names articles or quotes that the collection lacks.
    """
    languages = pipeline.fit(collection, gold)
    started = time.perf_counter()
    with bar(len(gold.questions), "question") as progress:
        depth = {} if k is None else {"k": k}
        ranked = list(pipeline.rank_all(collection, gold, languages, ranking, progress, **depth))
    return Run(
        gold.spec,
        gold.digest,
        str(collection.encoder.fingerprint),
        ranking,
        {},
        _state(collection),
        score(gold.questions, ranked, languages),
        round(time.perf_counter() - started, 1),
        version("tamngu"),
    )


def halved(gold: GoldSet) -> GoldSet:
    """Return a gold set with every other text gone; what only those answer is unanswerable.

    In parallel sets a paragraph goes in all languages.
    """
    assert gold.texts is not None
    gone = {text.name for text in gold.texts if _number(text.name) % 2}
    questions = tuple(
        replace(
            question,
            relevant=tuple(r for r in question.relevant if r.article_id not in gone),
        )
        for question in gold.questions
    )
    texts = tuple(text for text in gold.texts if text.name not in gone)
    return GoldSet(f"{gold.spec} (half)", questions, texts)


def _number(name: str) -> int:
    digits = name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else sum(map(ord, name))


def _state(collection: Collection) -> dict[str, str]:
    with collection.reading() as snapshot:
        return {
            "name": collection.name,
            "identity": snapshot.identity,
            "revision": str(snapshot.revision),
            "passages": str(sum(snapshot.languages().values())),
        }


def others(distractors: Mapping[str, Sequence[str]]) -> list[ReadyMade]:
    """Return passages that answer nothing, by language, as texts."""
    return [
        ReadyMade(f"other-{language}-{number}", text, language)
        for language, some in distractors.items()
        for number, text in enumerate(some)
    ]
