"""The files of jobs: a folder for the uploads of each job, and a lock for the job itself."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from api.state import State
from embeddings.cache import sync
from rag.catalog.private_files import FILE_MODE, private_folder

ABANDONED_S = 24 * 3600.0
"""Age in seconds from which on a folder without a job cannot be an upload in progress."""

_DRIFT_S = 60.0
"""Seconds by which a clock that nobody sets may differ from the time since the machine started.
Chosen manually, not tuned."""


class Folders(Protocol):
    """The folders and locks of jobs: of one machine, or of a cluster."""

    def folder(self, job_id: str) -> Path:
        """Return the folder of a job on this machine."""

    def create(self, job_id: str) -> Path:
        """Make the folder of a job; see :meth:`JobFolders.create`."""

    def sync(self, job_id: str) -> None:
        """Make the files of a job durable, before the job itself is stored."""

    def bring(self, job_id: str) -> None:
        """Let the files of a job be on this machine, before it runs here."""

    def try_lock(self, job_id: str) -> AbstractContextManager[Callable[[], bool] | None]:
        """Hold the lock of a job inside the block; see :meth:`JobFolders.try_lock`."""

    def remove(self, job_id: str) -> None:
        """Remove the files of a job that has ended, or that was never stored."""

    def remove_abandoned(
        self, is_job: Callable[[str], bool], has_ended: Callable[[str], bool]
    ) -> None:
        """Remove what killed processes have left; see :meth:`JobFolders.remove_abandoned`."""


class JobFolders:
    """The folders and locks of a home's jobs.

    A running job belongs to the process that holds its lock. The operating system releases the lock
    when the process ends in any way; a process that then gets the lock continues the job.
    """

    def __init__(self, home: Path) -> None:
        """Keep the folders under ``home``; nothing is created yet."""
        self._path = home / "jobs"
        self._started_at = time.time() - _running_s()

    def folder(self, job_id: str) -> Path:
        """Return the folder of a job."""
        return self._path / job_id

    def create(self, job_id: str) -> Path:
        """Make the folder of a job, which only its user can open, and return it.

        Raises:
            OSError: it cannot be made.
        """
        for folder in (self._path, self.folder(job_id)):
            private_folder(folder)
        return self.folder(job_id)

    def sync(self, job_id: str) -> None:
        """Flush the files of a job to the disk, before the job itself is stored."""
        folder = self.folder(job_id)
        for path in (*folder.iterdir(), folder, self._path):
            sync(path)

    def bring(self, job_id: str) -> None:
        """Let the files of a job be on this machine: they are."""

    @contextmanager
    def try_lock(self, job_id: str) -> Iterator[Callable[[], bool] | None]:
        """Hold the lock of a job inside the block.

        Yields:
            A function that tells whether the lock is still held; None if another process holds it.

        The file of the lock is removed with the job. A process that still gets the lock of a
        removed file finds that the job has ended, and leaves it alone.
        """
        lock = FileLock(self._lock_path(job_id), timeout=0, mode=FILE_MODE)
        private_folder(self._path)
        try:
            lock.acquire()
        except Timeout:
            yield None
            return
        try:
            # Nothing but this process releases it.
            yield lambda: True
        finally:
            lock.release()

    def remove(self, job_id: str) -> None:
        """Remove the files of a job that has ended, or that was never stored."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)
        with suppress(OSError):
            self._lock_path(job_id).unlink(missing_ok=True)

    def remove_abandoned(
        self, is_job: Callable[[str], bool], has_ended: Callable[[str], bool]
    ) -> None:
        """Remove the files that processes have left because they were killed.

        Where the clock was set since this object was made, nothing is removed: an upload in
        progress would look as old as the clock was moved.

        Args:
            is_job: tells whether a job of this id exists.
            has_ended: tells whether the job of this id will never run again.
        """
        if abs(time.time() - _running_s() - self._started_at) > _DRIFT_S:
            return
        for path in self._path.glob("*"):
            with suppress(FileNotFoundError):
                # Files of the future are of a time before the clock went back.
                age_s = abs(time.time() - path.stat().st_mtime)
                # The folder of an upload exists before its job does.
                if (is_job(path.stem) or age_s > ABANDONED_S) and has_ended(path.stem):
                    self.remove(path.stem)

    def _lock_path(self, job_id: str) -> Path:
        return self._path / f"{job_id}.lock"


def folders_of(state: State) -> Folders:
    """Return the folders and locks of the jobs of a service."""
    if isinstance(state, Path):
        return JobFolders(state)
    from api.jobs.cluster_folders import ClusterFolders

    return ClusterFolders(state)


def _running_s() -> float:
    """Return the seconds since the machine started, which no clock changes; also those asleep."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if clock is None else time.clock_gettime(clock)
