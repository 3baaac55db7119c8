"""The files of jobs: what was uploaded for each, and the lock of whoever does it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from embeddings.cache import sync

_ABANDONED_S = 24 * 3600.0
"""Seconds after which files without a job are no upload that is going on."""


class JobFolders:
    """Folders and locks of a home's jobs.

    A job belongs to the process that holds its lock, which the operating system gives free when
    the process ends, however it ends; whoever finds a running job's lock free goes on with it.
    """

    def __init__(self, home: Path) -> None:
        """Keep them under ``home``; nothing is made yet."""
        self._path = home / "jobs"

    def folder(self, job_id: str) -> Path:
        """Return where the files of a job are."""
        return self._path / job_id

    def sync(self, job_id: str) -> None:
        """Have a job's files on the disk before there is the job."""
        folder = self.folder(job_id)
        for path in (*folder.iterdir(), folder, self._path):
            sync(path)

    @contextmanager
    def held(self, job_id: str) -> Iterator[bool]:
        """Hold a job's lock, if nobody else does.

        Its file is removed with the job. Who then still gets the old file's lock finds the job
        ended, and lets it be.
        """
        lock = FileLock(self._lock(job_id), timeout=0)
        self._path.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def discard(self, job_id: str) -> None:
        """Remove the files of a job that has ended, or that never came to be."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)
        with suppress(OSError):
            self._lock(job_id).unlink(missing_ok=True)

    def tidy(self, is_job: Callable[[str], bool], has_ended: Callable[[str], bool]) -> None:
        """Remove what a process that was killed could not.

        Args:
            is_job: tells whether there is a job of a name.
            has_ended: tells whether it will never run again.
        """
        for path in self._path.glob("*"):
            with suppress(FileNotFoundError):
                age_s = time.time() - path.stat().st_mtime
                # An upload has its folder before it has its job.
                if (is_job(path.stem) or age_s > _ABANDONED_S) and has_ended(path.stem):
                    self.discard(path.stem)

    def _lock(self, job_id: str) -> Path:
        return self._path / f"{job_id}.lock"
