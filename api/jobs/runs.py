"""The results of evaluations, in the format of ``tamngu eval run --out``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from api.state import State, home_of
from rag.catalog.private_files import private_folder
from tamngu.records.job import EvaluationResult

if TYPE_CHECKING:
    from api.cluster.pieces import Pieces
    from eval.runs.run import Run

_MAX_RUNS = 100
"""Runs that are kept; the results of older jobs stay in the list of jobs."""


class Runs:
    """The runs of a service's evaluations: files of its home, kept by a cluster if there is one."""

    def __init__(self, state: State) -> None:
        """Keep runs there; nothing is written yet."""
        self._folder = home_of(state) / "evaluations"
        self._shared: Pieces | None = None if isinstance(state, Path) else state.runs

    def save(self, job_id: str, run: Run) -> EvaluationResult:
        """Save the run of a job, remove the oldest runs, and return the figures of the run.

        Raises:
            BadRun: the file cannot be written.
            TamnguError: the cluster cannot be reached.
        """
        from eval.reports.figures import figures
        from eval.runs.run import save

        path = self._path(job_id)
        private_folder(path.parent)
        save(run, path)
        if self._shared is not None:
            self._shared.put(job_id, path)
            for old in self._shared.folders()[:-_MAX_RUNS]:
                self._shared.remove(old)
        for file in sorted(path.parent.glob("*.json"), key=_modified_at)[:-_MAX_RUNS]:
            file.unlink(missing_ok=True)
        known = {"questions": len(run.results), "encoder": run.encoder, "ranking": run.ranking}
        return EvaluationResult({"gold": run.gold, **known, **figures(run.results)}, run.took_s)

    def read(self, job_id: str) -> bytes | None:
        """Return the run of a job; None if it has none, or if it was removed.

        Raises:
            OSError: the file cannot be read.
            TamnguError: the cluster cannot be reached.
        """
        path = self._path(job_id)
        if self._shared is not None:
            return b"".join(self._shared.data(job_id, path.name)) or None
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.json"


def _modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        # Another process has just removed it.
        return 0.0
