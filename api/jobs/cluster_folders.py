"""The files of jobs on a cluster: any process can run a job, wherever its files were received."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from api.cluster.state import ClusterState
from api.jobs.folders import ABANDONED_S, JobFolders


class ClusterFolders:
    """The folders of jobs on this machine, whose files PostgreSQL holds in pieces.

    A running job belongs to the process that holds its lease. After a lease has ended, another
    process continues the job, with its files from PostgreSQL.
    """

    def __init__(self, state: ClusterState) -> None:
        """Keep files on a cluster; nothing is created yet."""
        self._here = JobFolders(state.home)
        self._leases = state.leases
        self._uploads = state.uploads
        self.folder = self._here.folder
        self.create = self._here.create

    def sync(self, job_id: str) -> None:
        """Store the files of a job in PostgreSQL, before the job itself is stored.

        Raises:
            OSError: they cannot be read.
            TamnguError: PostgreSQL cannot be used.
        """
        for path in sorted(self.folder(job_id).iterdir()):
            self._uploads.put(job_id, path)

    def bring(self, job_id: str) -> None:
        """Let the files of a job be on this machine.

        Raises:
            OSError: they cannot be written.
            TamnguError: PostgreSQL cannot be used.
        """
        self._uploads.fetch(job_id, self.create(job_id))

    def try_lock(self, job_id: str) -> AbstractContextManager[Callable[[], bool] | None]:
        """Hold the lease of a job inside the block; see :meth:`JobFolders.try_lock`."""
        return self._leases.try_lock(f"job {job_id}")

    def remove(self, job_id: str) -> None:
        """Remove the files of a job that has ended, or that was never stored."""
        self._here.remove(job_id)
        self._uploads.remove(job_id)

    def remove_abandoned(
        self, is_job: Callable[[str], bool], has_ended: Callable[[str], bool]
    ) -> None:
        """Remove the files of jobs that have ended, and of uploads that became no job in a day."""
        self._here.remove_abandoned(is_job, has_ended)
        old = set(self._uploads.folders(ABANDONED_S))
        for job_id in self._uploads.folders():
            if (is_job(job_id) or job_id in old) and has_ended(job_id):
                self._uploads.remove(job_id)
