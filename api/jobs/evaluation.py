"""What an evaluation does: asks a collection the questions of a gold set that was sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from api.jobs.imports import Halted
from api.jobs.job import EvaluationAsked, EvaluationResult, Progress, Rejected
from rag.collection.collection import Collection

if TYPE_CHECKING:
    from eval.runs.run import Run

GOLD = "gold.jsonl"
"""The gold set's name in the folder of its job."""

_MOST_RUNS = 100
"""Runs that are kept; of older ones the figures stay."""


class QuestionWatch:
    """Counts the questions that were asked, and lets the evaluation be stopped."""

    def __init__(self, questions: int) -> None:
        """Begin, with so many to ask."""
        self._progress = Progress(total=questions, unit="questions")
        self._halted = threading.Event()

    def halt(self) -> None:
        """Let the evaluation stop after the question that is being asked."""
        self._halted.set()

    def seen(self) -> tuple[Progress, tuple[Rejected, ...]]:
        """Return how far it is."""
        return self._progress, ()

    @contextmanager
    def bar(self, _total: int, _unit: str) -> Iterator[Callable[[int], object]]:
        """Yield what counts questions; it raises Halted when the evaluation is to stop."""

        def on_question(count: int) -> None:
            if self._halted.is_set():
                raise Halted
            self._progress = replace(self._progress, done=self._progress.done + count)

        yield on_question


def run_path(home: Path, job_id: str) -> Path:
    """Return where the run of an evaluation is kept, in the format of ``tamngu eval run --out``."""
    return home / "evaluations" / f"{job_id}.json"


def evaluate(
    collection: Collection, asked: EvaluationAsked, folder: Path, watch: QuestionWatch
) -> Run:
    """Ask all questions.

    Raises:
        Halted: it was stopped.
        TamnguError: the collection has lost articles that the gold set names, or cannot be read.
    """
    from eval.evaluation.evaluate import evaluate_collection
    from eval.gold.jsonl import read_jsonl

    gold = replace(read_jsonl(folder / GOLD), spec=f"jsonl:{asked.name}")
    return evaluate_collection(gold, collection, asked.ranking, watch.bar)


def keep(run: Run, path: Path) -> EvaluationResult:
    """Save a run and return its figures; the oldest runs beside it make room.

    Raises:
        BadRun: it cannot be written.
    """
    from eval.reports.figures import figures
    from eval.runs.run import save

    path.parent.mkdir(parents=True, exist_ok=True)
    save(run, path)
    for old in sorted(path.parent.glob("*.json"), key=_written_at)[:-_MOST_RUNS]:
        old.unlink(missing_ok=True)
    known = {"questions": len(run.results), "encoder": run.encoder, "ranking": run.ranking}
    return EvaluationResult({"gold": run.gold, **known, **figures(run.results)}, run.took_s)


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        # Another process has just made room, too.
        return 0.0
