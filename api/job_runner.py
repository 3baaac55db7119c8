"""The thread that does the jobs: one at a time, each in one server process only."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from api.interruptible import InterruptibleEncoder
from api.job_import import Halted, Watch, import_files, import_pages, result_of
from api.job_store import JobStore
from api.jobs import ENDED, Job, Progress, without_paths
from embeddings import TamnguError
from rag.collection import Collection
from rag.errors import CollectionBusy, StorageError
from rag.home import collection_directory
from rag.lock import writing

_LOG = logging.getLogger("tamngu.api")

_LOOK_S = 1.0
"""Seconds between looks for jobs that other processes were given, or left behind."""

_TICK_S = 0.5
"""Seconds between notes of a running job's progress."""

_ABANDONED_S = 24 * 3600.0
"""Seconds after which files without a job are no upload that is going on."""


class JobRunner:
    """Takes the jobs of a home, the oldest first.

    A job belongs to the process that holds its lock, which the operating system gives free when
    the process ends, however it ends; whoever finds a running job's lock free goes on with it.
    """

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
        self._home = home
        self._opened = opened
        self._encoder = encoder
        self._allow_private = allow_private
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs")

    def start(self) -> None:
        """Start to work; jobs that an earlier process left are taken up."""
        self._thread.start()

    def announce_stop(self) -> None:
        """Let the running job, and streams of events, end soon; a signal handler may call it."""
        # It takes no lock that the main thread may hold just then.
        self._stopping.set()

    @property
    def is_stopping(self) -> bool:
        """Whether the process is about to end."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Put the running job back into the queue, and end; that takes about a second."""
        self._stopping.set()
        self._wake.set()
        self._thread.join()
        self.store.close()

    def wake(self) -> None:
        """Look for jobs now."""
        self._wake.set()

    def folder(self, job_id: str) -> Path:
        """Return where the uploads of a job are."""
        return self._home / "jobs" / job_id

    def discard(self, job_id: str) -> None:
        """Remove the files of a job that has ended, or that never came to be."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)
        with suppress(OSError):
            self._lock_path(job_id).unlink(missing_ok=True)

    def _run(self) -> None:
        with _logged("Cannot tidy up after earlier jobs"):
            self._tidy()
        while not self._stopping.is_set():
            found = False
            with _logged("Cannot go on with the jobs"):
                found = self._run_next()
            if not found:
                self._wake.wait(_LOOK_S)
                self._wake.clear()

    def _run_next(self) -> bool:
        """Run the oldest job that nobody holds; False when there is none."""
        taken: set[str] = set()
        for waiting in self.store.unended():
            if waiting.collection in taken:
                continue
            # Jobs of one collection run in their order.
            taken.add(waiting.collection)
            with self._held(waiting.id) as is_held:
                if not is_held or self._is_busy(waiting.collection):
                    continue
                job = self.store.claim(waiting.id)
                if job is not None:
                    self._perform(job)
                self._clear(waiting.id)
                return True
        return False

    @contextmanager
    def _held(self, job_id: str) -> Iterator[bool]:
        """Hold a job's lock, if nobody else does.

        Its file is removed with the job. Who then still gets the old file's lock finds the job
        ended, and lets it be.
        """
        path = self._lock_path(job_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def _lock_path(self, job_id: str) -> Path:
        return self._home / "jobs" / f"{job_id}.lock"

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
            collection = self._opened(job.collection)
            self._import(job, collection)
        except CollectionBusy:
            self.store.requeue(job.id)
        except TamnguError as error:
            # It may have been closed meanwhile, by a request to delete it that was then refused.
            if collection is not None and self._opened(job.collection) is not collection:
                self.store.requeue(job.id)
                return
            self.store.end(job.id, "failed", error=without_paths(str(error), self._home))
        except Exception:
            _LOG.exception("A fault in the job %s.", job.id)
            fault = "A fault in Tamngu; see the server's log."
            self.store.end(job.id, "failed", error=fault)

    def _import(self, job: Job, collection: Collection) -> None:
        watch = Watch(collection.catalog, self._home, _start(job))
        asked = job.asked
        try:
            tick = partial(self._tick, job.id, watch)
            with _ticking(tick), self._encoder.checked(watch.check):
                if asked.files:
                    report = import_files(collection, asked, self.folder(job.id), watch)
                else:
                    report = import_pages(
                        collection, asked, watch, allow_private=self._allow_private
                    )
        except Halted:
            self.store.note(job.id, *watch.seen())
            if not self.store.is_cancelling(job.id):
                self.store.requeue(job.id)
                return
            # What an import writes at its end; the articles are stored all the same.
            with suppress(CollectionBusy, StorageError), collection.writing():
                collection.save()
            self.store.end(job.id, "cancelled")
            return
        _, rejections = watch.seen()
        self.store.note(job.id, watch.finish(report), rejections)
        self.store.end(job.id, "done", result=result_of(report))

    def _tick(self, job_id: str, watch: Watch) -> None:
        with _logged("Cannot note a job's progress"):
            if self._stopping.is_set() or self.store.is_cancelling(job_id):
                watch.halt()
            self.store.note(job_id, *watch.seen())

    def _clear(self, job_id: str) -> None:
        """Remove the files of a job that has ended."""
        job = self.store.get(job_id)
        if job is None or job.state in ENDED:
            self.discard(job_id)

    def _tidy(self) -> None:
        """Remove what a process that was killed could not."""
        if self.store.is_empty:
            return
        self.store.forget_oldest()
        for path in (self._home / "jobs").glob("*"):
            with suppress(FileNotFoundError):
                age_s = time.time() - path.stat().st_mtime
                # An upload has its folder before it has its job.
                if self.store.get(path.stem) is not None or age_s > _ABANDONED_S:
                    self._clear(path.stem)


def _start(job: Job) -> Progress:
    return Progress(total=job.progress.total if job.asked.files else 0, unit=job.progress.unit)


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
