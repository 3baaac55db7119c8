"""The threads that do the jobs: one for each kind, each job in one server process only."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Protocol

from api.jobs.cancellable_encoder import InterruptibleEncoder
from api.jobs.evaluation import QuestionWatch, evaluate, keep, run_path
from api.jobs.folders import JobFolders
from api.jobs.imports import Halted, Watch, import_files, import_pages, result_of
from api.jobs.job import (
    ENDED,
    KINDS,
    EvaluationAsked,
    EvaluationResult,
    ImportAsked,
    ImportResult,
    Job,
    JobKind,
    Progress,
    Rejected,
)
from api.jobs.store import JobStore
from api.problem import FAULT, detail_of
from embeddings import TamnguError
from rag.collection.collection import Collection
from rag.collection.home import collection_directory, existing_directory
from rag.collection.lock import writing
from rag.errors import CollectionBusy, StorageError

_LOG = logging.getLogger("tamngu.api")

_TIDIES_S = 6 * 3600.0
"""Seconds between two looks for what killed processes have left."""

_LOOK_S = 1.0
"""Seconds between looks for jobs that other processes were given, or left behind."""

_TICK_S = 0.5
"""Seconds between notes of a running job's progress."""


class _Watch(Protocol):
    """Knows how far a job is, and stops it."""

    def halt(self) -> None: ...

    def seen(self) -> tuple[Progress, tuple[Rejected, ...]]: ...


class JobRunner:
    """Takes the jobs of a home, of each kind the oldest first; evaluations wait for no import."""

    def __init__(
        self,
        home: Path,
        opened: Callable[[str], Collection],
        encoder: InterruptibleEncoder,
        *,
        allow_private: bool = False,
    ) -> None:
        """Do nothing yet.

        Args:
            home: of all collections.
            opened: returns the collection of a name, making it where there is none.
            encoder: that collections are opened with.
            allow_private: whether addresses that are not public may be fetched from.
        """
        self.store = JobStore(home / "jobs.db")
        self.folders = JobFolders(home)
        self._home = home
        self._opened = opened
        self._encoder = encoder
        self._allow_private = allow_private
        self._stopping = threading.Event()
        self._wakes: Mapping[JobKind, threading.Event] = {k: threading.Event() for k in KINDS}
        self._threads = [
            threading.Thread(target=self._run, args=(kind,), name=f"jobs-{kind}") for kind in KINDS
        ]

    def start(self) -> None:
        """Start to work; jobs that an earlier process left are taken up."""
        for thread in self._threads:
            thread.start()

    def announce_stop(self) -> None:
        """Let the running job, and streams of events, end soon; a signal handler may call it."""
        # It takes no lock that the main thread may hold just then.
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        """Whether the process is about to end."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Put running jobs back into the queue, and end; that takes about a second."""
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join()
        self.store.close()

    def abandon(self, job_id: str) -> None:
        """Remove the files of a job that did not come to be; one that did keeps them."""
        with _logged("Cannot tidy up after a request"):
            if self.store.get(job_id) is None:
                self.folders.discard(job_id)

    def wake(self) -> None:
        """Look for jobs now."""
        for wake in self._wakes.values():
            wake.set()

    def _run(self, kind: JobKind) -> None:
        wake = self._wakes[kind]
        tidies_at = 0.0 if kind == KINDS[0] else math.inf
        while not self._stopping.is_set():
            if time.monotonic() >= tidies_at:
                tidies_at = time.monotonic() + _TIDIES_S
                with _logged("Cannot tidy up after earlier jobs"):
                    self._tidy()
            found = False
            with _logged("Cannot go on with the jobs"):
                found = self._run_next(kind)
            if not found:
                wake.wait(_LOOK_S)
                wake.clear()

    def _run_next(self, kind: JobKind) -> bool:
        """Run the oldest job that nobody holds; False when there is none."""
        taken: set[str] = set()
        for waiting in self.store.unended(kind):
            if waiting.collection in taken:
                continue
            # Jobs of one collection run in their order.
            taken.add(waiting.collection)
            with self.folders.held(waiting.id) as is_held:
                if not is_held or (kind == "import" and self._is_busy(waiting.collection)):
                    continue
                job = self.store.claim(waiting.id)
                if job is not None:
                    self._perform(job)
                if self._has_ended(waiting.id):
                    self.folders.discard(waiting.id)
                return True
        return False

    def _is_busy(self, collection: str) -> bool:
        """Tell whether something else writes to a collection just now."""
        directory = collection_directory(self._home, collection)
        if not directory.is_dir():
            return False
        try:
            with writing(directory):
                return False
        except CollectionBusy:
            return True
        except StorageError:
            # The job fails, and tells why.
            return False

    def _perform(self, job: Job) -> None:
        """Run a job to its end, or until it is cancelled or the server stops."""
        collection: Collection | None = None
        try:
            if isinstance(job.asked, EvaluationAsked):
                # It was there when it was asked for, and only an import makes one.
                existing_directory(self._home, job.collection)
            collection = self._opened(job.collection)
            if isinstance(job.asked, ImportAsked):
                self._import(job, job.asked, collection)
            else:
                self._evaluate(job, job.asked, collection)
        except CollectionBusy:
            self.store.requeue(job.id)
        except TamnguError as error:
            # It may have been closed meanwhile, by a request to delete it that was then refused.
            is_import = isinstance(job.asked, ImportAsked)
            # An evaluation's is not opened here: that would make one that has been deleted anew.
            if is_import and collection and self._opened(job.collection) is not collection:
                self.store.requeue(job.id)
                return
            self.store.end(job.id, "failed", error=detail_of(error, self._home))
        except Exception:
            _LOG.exception("A fault in the job %s.", job.id)
            self.store.end(job.id, "failed", error=FAULT)

    def _import(self, job: Job, asked: ImportAsked, collection: Collection) -> None:
        total = job.progress.total if asked.files else 0
        watch = Watch(collection.catalog, self._home, Progress(total=total, unit=job.progress.unit))

        def imported() -> ImportResult:
            with self._encoder.checked(watch.check):
                if asked.files:
                    folder = self.folders.folder(job.id)
                    report = import_files(collection, asked, folder, watch)
                else:
                    report = import_pages(
                        collection, asked, watch, allow_private=self._allow_private
                    )
            watch.finish(report)
            return result_of(report)

        if not self._watched(job, watch, imported):
            # What an import writes at its end; the articles are stored all the same.
            with suppress(CollectionBusy, StorageError), collection.writing():
                collection.save()
            self.store.end(job.id, "cancelled")

    def _evaluate(self, job: Job, asked: EvaluationAsked, collection: Collection) -> None:
        watch = QuestionWatch(asked.questions)

        def evaluated() -> EvaluationResult:
            run = evaluate(collection, asked, self.folders.folder(job.id), watch)
            return keep(run, run_path(self._home, job.id))

        if not self._watched(job, watch, evaluated):
            self.store.end(job.id, "cancelled")

    def _watched(
        self, job: Job, watch: _Watch, work: Callable[[], ImportResult | EvaluationResult]
    ) -> bool:
        """Do a job's work; False when it was cancelled, which is still to be noted."""
        try:
            with _ticking(partial(self._tick, job.id, watch)):
                result = work()
        except Halted:
            self.store.note(job.id, *watch.seen())
            if self.store.is_cancelling(job.id):
                return False
            self.store.requeue(job.id)
            return True
        self.store.note(job.id, *watch.seen())
        self.store.end(job.id, "done", result=result)
        return True

    def _tick(self, job_id: str, watch: _Watch) -> None:
        with _logged("Cannot note a job's progress"):
            if self._stopping.is_set() or self.store.is_cancelling(job_id):
                watch.halt()
            self.store.note(job_id, *watch.seen())

    def _has_ended(self, job_id: str) -> bool:
        job = self.store.get(job_id)
        return job is None or job.state in ENDED

    def _tidy(self) -> None:
        if not self.store.is_empty:
            self.store.forget_oldest()
        self.folders.tidy(lambda job_id: self.store.get(job_id) is not None, self._has_ended)


@contextmanager
def _ticking(tick: Callable[[], object]) -> Iterator[None]:
    """Call something in a thread of its own, again and again until the block ends."""
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(_TICK_S):
            tick()

    thread = threading.Thread(target=run, name="job-progress")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextmanager
def _logged(what: str) -> Iterator[None]:
    """Log what goes wrong, so that a thread goes on."""
    try:
        yield
    except Exception:
        _LOG.exception("%s.", what)
