"""The threads that run jobs: one for each kind of job; each job runs in one server process only."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from api.jobs.background import errors_logged
from api.jobs.cancellable_encoder import CancellableEncoder
from api.jobs.folders import folders_of
from api.jobs.performing import Performer
from api.jobs.store import JobStore
from api.state import State
from rag.collection.collection import Collection
from rag.collection.lock import writing
from rag.collection.paths import Home, collection_directory
from rag.errors import CollectionBusy, StorageError
from tamngu.records.job import KINDS, JobKind

_CLEAN_UP_EVERY_S = 6 * 3600.0
"""Seconds between two removals of the files that killed processes have left."""

_LOOK_EVERY_S = 1.0
"""Seconds between two looks for jobs that other processes have added or abandoned."""

_IDLE_S = 60.0
"""Seconds without an import after which the processes that read documents are ended."""


class JobRunner:
    """Runs the jobs of a service: of each kind the oldest first, both kinds at the same time.

    Attributes:
        store: the list of jobs.
        folders: the files and locks of jobs.
        runs: of evaluations.
    """

    def __init__(
        self,
        state: State,
        open_collection: Callable[[str], Collection],
        encoder: CancellableEncoder,
        *,
        collections: Home | None = None,
        allow_private: bool = False,
    ) -> None:
        """Remember the arguments; nothing runs yet.

        Args:
            state: of the service.
            open_collection: returns the collection of a name, and creates it if necessary.
            encoder: that collections are opened with.
            collections: where they are; None: in the same folder.
            allow_private: whether pages may be fetched from private addresses.

        Raises:
            BadLimits: the environment says of the limits of readers what is not allowed.
        """
        self.store = JobStore(state)
        self.folders = folders_of(state)
        if collections is None:
            assert isinstance(state, Path)
            collections = state
        self._collections = collections
        self._stopping = threading.Event()
        self._wakes: Mapping[JobKind, threading.Event] = {k: threading.Event() for k in KINDS}
        self._performer = Performer(
            state,
            collections,
            self.store,
            self.folders,
            open_collection,
            encoder,
            self._stopping,
            allow_private=allow_private,
        )
        self.runs = self._performer.runs
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
        self._performer.processes.close()
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
                    self._performer.processes.close()
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
            with self.folders.try_lock(candidate.id) as is_held:
                if is_held is None or (kind == "import" and self._is_busy(candidate.collection)):
                    continue
                job = self.store.claim(candidate.id)
                if job is not None:
                    self._performer.perform(job, is_held)
                if self._has_ended(candidate.id):
                    self.folders.remove(candidate.id)
                return True
        return False

    def _is_busy(self, collection: str) -> bool:
        """Tell whether something else is writing to a collection."""
        # Any number of processes write to a collection on a cluster.
        if not isinstance(self._collections, Path):
            return False
        directory = collection_directory(self._collections, collection)
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

    def _has_ended(self, job_id: str) -> bool:
        job = self.store.get(job_id)
        return job is None or job.has_ended

    def _clean_up(self) -> None:
        if not self.store.is_empty:
            self.store.remove_oldest()
        self.folders.remove_abandoned(
            lambda job_id: self.store.get(job_id) is not None, self._has_ended
        )
