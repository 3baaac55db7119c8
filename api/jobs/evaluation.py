"""An evaluation: it asks a collection the questions of a gold set that a client has sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from api.jobs.imports import Halted
from rag.collection.collection import Collection
from tamngu.records.job import EvaluationAsked, Progress
from tamngu.records.rejection import Rejection
from tamngu.records.request import ranking_named

if TYPE_CHECKING:
    from eval.runs.run import Run

GOLD = "gold.jsonl"
"""The name of the gold set's file in the folder of its job."""


class EvaluationListener:
    """Counts the questions of one evaluation, and can halt it from another thread."""

    def __init__(self, questions: int) -> None:
        """Begin with a number of questions that are to be asked."""
        self._progress = Progress(total=questions, unit="questions")
        self._halted = threading.Event()

    def halt(self) -> None:
        """Halt the evaluation after the present question."""
        self._halted.set()

    def progress(self) -> tuple[Progress, tuple[Rejection, ...]]:
        """Return how far the evaluation is; it rejects nothing."""
        return self._progress, ()

    @contextmanager
    def bar(self, _total: int, _unit: str) -> Iterator[Callable[[int], object]]:
        """Yield a function that counts questions; it raises Halted if the evaluation has to stop.

        This has the form of a progress bar, as :mod:`eval.evaluation.evaluate` expects it.
        """

        def on_question(count: int) -> None:
            if self._halted.is_set():
                raise Halted
            self._progress = replace(self._progress, done=self._progress.done + count)

        yield on_question


def evaluate(
    collection: Collection, asked: EvaluationAsked, folder: Path, listener: EvaluationListener
) -> Run:
    """Ask all questions of the gold set in a job's folder.

    Raises:
        Halted: the evaluation was halted.
        TamnguError: the collection lacks articles that the gold set names, or cannot be read.
    """
    from eval.evaluation.evaluate import evaluate_collection
    from eval.gold.jsonl import read_jsonl

    gold = replace(read_jsonl(folder / GOLD), spec=f"jsonl:{asked.name}")
    ranking = ranking_named(asked.ranking) or "hybrid"
    return evaluate_collection(gold, collection, ranking, listener.bar)
