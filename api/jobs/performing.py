"""The work of a job: an import or an evaluation, from its files to its stored outcome."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Protocol

from api.error_responses import INTERNAL_ERROR, detail_of
from api.jobs.background import errors_logged, repeated
from api.jobs.cancellable_encoder import CancellableEncoder
from api.jobs.evaluation import EvaluationListener, evaluate
from api.jobs.folders import Folders
from api.jobs.imports import Halted, ImportListener, import_files, import_pages, result_of
from api.jobs.runs import Runs
from api.jobs.store import JobStore
from api.state import State, home_of
from embeddings import TamnguError
from rag.collection.collection import Collection
from rag.collection.paths import Home, ensure_collection
from rag.errors import ClusterUnavailable, CollectionBusy, StorageError
from rag.isolation.limits import Limits
from rag.isolation.processes import Processes
from rag.isolation.readers import Readers
from tamngu.records.job import (
    EvaluationAsked,
    EvaluationResult,
    ImportAsked,
    ImportResult,
    Job,
    Progress,
)
from tamngu.records.rejection import Rejection

_LOG = logging.getLogger("tamngu.api")

_STORE_EVERY_S = 0.5
"""Seconds between two writes of a running job's progress."""

_WAIT_FOR_PART_S = 5.0
"""Seconds before a job that met an unavailable part of a cluster is tried again. Chosen manually,
not tuned."""

IsHeld = Callable[[], bool]
"""Tells whether this process still holds a job's lock. A process that does not leaves the job to
the one that does."""


class _JobListener(Protocol):
    """Knows how far a job is, and can halt it."""

    def halt(self) -> None: ...

    def progress(self) -> tuple[Progress, tuple[Rejection, ...]]: ...


class Performer:
    """Does the work of jobs; any number of threads may use it.

    Attributes:
        runs: of evaluations.
        processes: read documents for imports.
    """

    def __init__(
        self,
        state: State,
        collections: Home,
        store: JobStore,
        folders: Folders,
        open_collection: Callable[[str], Collection],
        encoder: CancellableEncoder,
        stopping: threading.Event,
        *,
        allow_private: bool,
    ) -> None:
        """Remember the arguments.

        Args:
            state: of the service.
            collections: where they are.
            store: has the jobs.
            folders: have the files of jobs.
            open_collection: returns the collection of a name, and creates it if necessary.
            encoder: that collections are opened with.
            stopping: is set when the process is about to end.
            allow_private: whether pages may be fetched from private addresses.

        Raises:
            BadLimits: the environment says of the limits of readers what is not allowed.
        """
        self.runs = Runs(state)
        self.processes = Processes()
        self._home = home_of(state)
        self._collections = collections
        self._store = store
        self._folders = folders
        self._open_collection = open_collection
        self._encoder = encoder
        self._stopping = stopping
        self._import_pages = partial(import_pages, allow_private=allow_private)
        self._open_readers = partial(
            Readers, limits=Limits.from_environment(), processes=self.processes
        )

    def perform(self, job: Job, is_held: IsHeld) -> None:
        """Run a job until it ends, is cancelled, the server stops, or its lock is lost."""
        collection: Collection | None = None
        try:
            if isinstance(job.asked, EvaluationAsked):
                # The collection may have been deleted since, and only an import may create one.
                ensure_collection(self._collections, job.collection)
            self._folders.bring(job.id)
            collection = self._open_collection(job.collection)
            if isinstance(job.asked, ImportAsked):
                self._import(job, job.asked, collection, is_held)
            else:
                self._evaluate(job, job.asked, collection, is_held)
        except CollectionBusy:
            if is_held():
                self._store.requeue(job.id)
        except ClusterUnavailable as error:
            _LOG.warning("The job %s waits: %s", job.id, error)
            self._stopping.wait(_WAIT_FOR_PART_S)
            if is_held():
                self._store.requeue(job.id)
        except TamnguError as error:
            # A request to delete the collection may have closed it, even if it was then refused.
            # For an evaluation this is not checked: opening would create a deleted collection anew.
            is_import = isinstance(job.asked, ImportAsked)
            if not is_held():
                return
            if is_import and collection and self._open_collection(job.collection) is not collection:
                self._store.requeue(job.id)
            else:
                self._store.end(job.id, "failed", error=detail_of(error, self._home))
        except Exception:
            _LOG.exception("Unexpected error in the job %s.", job.id)
            if is_held():
                self._store.end(job.id, "failed", error=INTERNAL_ERROR)

    def _import(
        self, job: Job, asked: ImportAsked, collection: Collection, is_held: IsHeld
    ) -> None:
        total = job.progress.total if asked.files else 0
        start = Progress(total=total, unit=job.progress.unit)
        listener = ImportListener(collection.catalog, self._home, start)

        def work() -> ImportResult:
            with self._encoder.checked(listener.check):
                folder = self._folders.folder(job.id)
                if asked.files:
                    report = import_files(collection, asked, folder, listener, self._open_readers)
                else:
                    read = self._open_readers
                    report = self._import_pages(collection, asked, folder, listener, read)
            listener.finish(report)
            return result_of(report)

        if not self._work_until_halted(job, listener, work, is_held):
            # An import saves at its end. Without that, the articles are stored all the same.
            with suppress(CollectionBusy, StorageError), collection.writing():
                collection.save()
            self._store.end(job.id, "cancelled")

    def _evaluate(
        self, job: Job, asked: EvaluationAsked, collection: Collection, is_held: IsHeld
    ) -> None:
        listener = EvaluationListener(asked.questions)

        def work() -> EvaluationResult:
            run = evaluate(collection, asked, self._folders.folder(job.id), listener)
            return self.runs.save(job.id, run)

        if not self._work_until_halted(job, listener, work, is_held):
            self._store.end(job.id, "cancelled")

    def _work_until_halted(
        self,
        job: Job,
        listener: _JobListener,
        work: Callable[[], ImportResult | EvaluationResult],
        is_held: IsHeld,
    ) -> bool:
        """Do the work of a job and store its outcome.

        Returns:
            False if the job was cancelled; its caller then has to end the job.
        """
        store = partial(self._store_progress, job.id, listener, Counter(), is_held)
        result: ImportResult | EvaluationResult | None = None
        try:
            with repeated(store, _STORE_EVERY_S):
                result = work()
        except Halted:
            pass
        if not is_held():
            _LOG.warning("The job %s goes on in another process.", job.id)
            return True
        self._store.update(job.id, *listener.progress())
        if result is not None:
            self._store.end(job.id, "done", result=result)
        elif self._store.is_cancelling(job.id):
            return False
        else:
            self._store.requeue(job.id)
        return True

    def _store_progress(
        self, job_id: str, listener: _JobListener, stored: Counter[str], is_held: IsHeld
    ) -> None:
        with errors_logged("Cannot store a job's progress"):
            if not is_held():
                listener.halt()
                return
            if self._stopping.is_set() or self._store.is_cancelling(job_id):
                listener.halt()
            progress, rejections = listener.progress()
            # All of them are written at a time, up to some hundred KB.
            has_more = len(rejections) > stored[job_id]
            self._store.update(job_id, progress, rejections if has_more else None)
            stored[job_id] = len(rejections)
