"""The threads that run jobs: one for each kind of job; each job runs in one server process only."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol

from api.error_responses import INTERNAL_ERROR, detail_of
from api.jobs.background import errors_logged, repeated
from api.jobs.cancellable_encoder import CancellableEncoder
from api.jobs.evaluation import EvaluationListener, evaluate, run_path, save_run
from api.jobs.folders import JobFolders
from api.jobs.imports import Halted, ImportListener, import_files, import_pages, result_of
from api.jobs.store import JobStore
from embeddings import TamnguError
from rag.collection.collection import Collection
from rag.collection.lock import writing
from rag.collection.paths import Home, collection_directory, ensure_collection
from rag.errors import CollectionBusy, StorageError
from rag.isolation.limits import Limits
from rag.isolation.processes import Processes
from rag.isolation.readers import Readers
from tamngu.records.job import (
    KINDS,
    EvaluationAsked,
    EvaluationResult,
    ImportAsked,
    ImportResult,
    Job,
    JobKind,
    Progress,
)
from tamngu.records.rejection import Rejection

_LOG = logging.getLogger("tamngu.api")

_CLEAN_UP_EVERY_S = 6 * 3600.0
"""Seconds between two removals of the files that killed processes have left."""

_LOOK_EVERY_S = 1.0
"""Seconds between two looks for jobs that other processes have added or abandoned."""

_IDLE_S = 60.0
"""Seconds without an import after which the processes that read documents are ended."""

_STORE_EVERY_S = 0.5
"""Seconds between two writes of a running job's progress."""


class _JobListener(Protocol):
    """Knows how far a job is, and can halt it."""

    def halt(self) -> None: ...

    def progress(self) -> tuple[Progress, tuple[Rejection, ...]]: ...


class JobRunner:
    """Runs the jobs of a home: of each kind the oldest first, both kinds at the same time."""

    def __init__(
        self,
        home: Path,
        open_collection: Callable[[str], Collection],
        encoder: CancellableEncoder,
        *,
        place: Home | None = None,
        allow_private: bool = False,
    ) -> None:
        """Remember the arguments; nothing runs yet.

        Args:
            home: of the jobs and their files.
            open_collection: returns the collection of a name, and creates it if necessary.
            encoder: that collections are opened with.
            place: of all collections; None for ``home``.
            allow_private: whether pages may be fetched from private addresses.

        Raises:
            BadLimits: the environment says of the limits of readers what is not allowed.
        """
        self.store = JobStore(home / "jobs.db")
        self.folders = JobFolders(home)
        self._home = home
        self._place: Home = place or home
        self._open_collection = open_collection
        self._encoder = encoder
        self._import_pages = partial(import_pages, allow_private=allow_private)
        self._processes = Processes()
        self._open_readers = partial(
            Readers, limits=Limits.from_environment(), processes=self._processes
        )
        self._stopping = threading.Event()
        self._wakes: Mapping[JobKind, threading.Event] = {k: threading.Event() for k in KINDS}
        self._threads = [
            threading.Thread(target=self._run, args=(kind,), name=f"jobs-{kind}") for kind in KINDS
        ]

    def start(self) -> None:
        """Start the threads; they continue the jobs that an earlier process has left."""
        for thread in self._threads:
            thread.start()

    def announce_stop(self) -> None:
        """Let running jobs and streams of events end soon; a signal handler may call this."""
        # It must take no lock, because the main thread may hold that lock at this moment.
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        """Whether the process is about to end."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Put running jobs back into the queue, and end; this takes about a second."""
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join()
        self._processes.close()
        self.store.close()

    def abandon(self, job_id: str) -> None:
        """Remove the files of a job that was not added to the queue; otherwise do nothing."""
        with errors_logged("Cannot remove the files of a request"):
            if self.store.get(job_id) is None:
                self.folders.remove(job_id)

    def wake(self) -> None:
        """Look for jobs now."""
        for wake in self._wakes.values():
            wake.set()

    def _run(self, kind: JobKind) -> None:
        wake = self._wakes[kind]
        clean_up_at = 0.0 if kind == KINDS[0] else math.inf
        idle_since = time.monotonic()
        while not self._stopping.is_set():
            if time.monotonic() >= clean_up_at:
                clean_up_at = time.monotonic() + _CLEAN_UP_EVERY_S
                with errors_logged("Cannot remove the files of earlier jobs"):
                    self._clean_up()
            found = False
            with errors_logged("Cannot continue with the jobs"):
                found = self._run_next(kind)
            if found:
                idle_since = time.monotonic()
            else:
                if kind == "import" and time.monotonic() - idle_since > _IDLE_S:
                    self._processes.close()
                wake.wait(_LOOK_EVERY_S)
                wake.clear()

    def _run_next(self, kind: JobKind) -> bool:
        """Run the oldest job that no other process runs; return False if there is no such job."""
        seen: set[str] = set()
        for candidate in self.store.open_jobs(kind):
            if candidate.collection in seen:
                continue
            # Jobs of one collection run in their order.
            seen.add(candidate.collection)
            with self.folders.try_lock(candidate.id) as is_locked:
                if not is_locked or (kind == "import" and self._is_busy(candidate.collection)):
                    continue
                job = self.store.claim(candidate.id)
                if job is not None:
                    self._perform(job)
                if self._has_ended(candidate.id):
                    self.folders.remove(candidate.id)
                return True
        return False

    def _is_busy(self, collection: str) -> bool:
        """Tell whether something else is writing to a collection."""
        # Any number of processes write to a collection on a cluster.
        if not isinstance(self._place, Path):
            return False
        directory = collection_directory(self._place, collection)
        if not directory.is_dir():
            return False
        try:
            with writing(directory):
                return False
        except CollectionBusy:
            return True
        except StorageError:
            # The job will fail, and report this error.
            return False

    def _perform(self, job: Job) -> None:
        """Run a job until it ends, is cancelled, or the server stops."""
        collection: Collection | None = None
        try:
            if isinstance(job.asked, EvaluationAsked):
                # The collection may have been deleted since, and only an import may create one.
                ensure_collection(self._place, job.collection)
            collection = self._open_collection(job.collection)
            if isinstance(job.asked, ImportAsked):
                self._import(job, job.asked, collection)
            else:
                self._evaluate(job, job.asked, collection)
        except CollectionBusy:
            self.store.requeue(job.id)
        except TamnguError as error:
            # A request to delete the collection may have closed it, even if it was then refused.
            # For an evaluation this is not checked: opening would create a deleted collection anew.
            is_import = isinstance(job.asked, ImportAsked)
            if is_import and collection and self._open_collection(job.collection) is not collection:
                self.store.requeue(job.id)
                return
            self.store.end(job.id, "failed", error=detail_of(error, self._home))
        except Exception:
            _LOG.exception("Unexpected error in the job %s.", job.id)
            self.store.end(job.id, "failed", error=INTERNAL_ERROR)

    def _import(self, job: Job, asked: ImportAsked, collection: Collection) -> None:
        total = job.progress.total if asked.files else 0
        start = Progress(total=total, unit=job.progress.unit)
        listener = ImportListener(collection.catalog, self._home, start)

        def work() -> ImportResult:
            with self._encoder.checked(listener.check):
                folder = self.folders.folder(job.id)
                if asked.files:
                    report = import_files(collection, asked, folder, listener, self._open_readers)
                else:
                    read = self._open_readers
                    report = self._import_pages(collection, asked, folder, listener, read)
            listener.finish(report)
            return result_of(report)

        if not self._work_until_halted(job, listener, work):
            # An import saves at its end. Without that, the articles are stored all the same.
            with suppress(CollectionBusy, StorageError), collection.writing():
                collection.save()
            self.store.end(job.id, "cancelled")

    def _evaluate(self, job: Job, asked: EvaluationAsked, collection: Collection) -> None:
        listener = EvaluationListener(asked.questions)

        def work() -> EvaluationResult:
            run = evaluate(collection, asked, self.folders.folder(job.id), listener)
            return save_run(run, run_path(self._home, job.id))

        if not self._work_until_halted(job, listener, work):
            self.store.end(job.id, "cancelled")

    def _work_until_halted(
        self,
        job: Job,
        listener: _JobListener,
        work: Callable[[], ImportResult | EvaluationResult],
    ) -> bool:
        """Do the work of a job and store its outcome.

        Returns:
            False if the job was cancelled; its caller then has to end the job.
        """
        store = partial(self._store_progress, job.id, listener, Counter())
        try:
            with repeated(store, _STORE_EVERY_S):
                result = work()
        except Halted:
            self.store.update(job.id, *listener.progress())
            if self.store.is_cancelling(job.id):
                return False
            self.store.requeue(job.id)
            return True
        self.store.update(job.id, *listener.progress())
        self.store.end(job.id, "done", result=result)
        return True

    def _store_progress(self, job_id: str, listener: _JobListener, stored: Counter[str]) -> None:
        with errors_logged("Cannot store a job's progress"):
            if self._stopping.is_set() or self.store.is_cancelling(job_id):
                listener.halt()
            progress, rejections = listener.progress()
            # All of them are written at a time, up to some hundred KB.
            has_more = len(rejections) > stored[job_id]
            self.store.update(job_id, progress, rejections if has_more else None)
            stored[job_id] = len(rejections)

    def _has_ended(self, job_id: str) -> bool:
        job = self.store.get(job_id)
        return job is None or job.has_ended

    def _clean_up(self) -> None:
        if not self.store.is_empty:
            self.store.remove_oldest()
        self.folders.remove_abandoned(
            lambda job_id: self.store.get(job_id) is not None, self._has_ended
        )
