"""What a service keeps on a cluster, in place of the files of a home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from api.cluster import leases, pieces
from api.cluster.connections import Connections
from api.cluster.tables import PostgresTables
from rag.cluster.cluster import Cluster


class ClusterState:
    """The schema ``tamngu_service`` of a cluster's PostgreSQL database.

    Attributes:
        home: a folder of this machine, for files while they are written and read.
        leases: the locks of this process.
        uploads: the files of jobs.
        runs: the results of evaluations.
    """

    def __init__(self, cluster: Cluster, home: Path) -> None:
        """Remember the arguments; nothing is opened yet."""
        self.home = home
        self._connections = Connections(cluster.settings)
        locks = ("leases", leases.SCHEMA, leases.SCHEMA_VERSION, "The list of running processes")
        self.leases = leases.Leases(self.tables(*locks), cluster.settings.lease_s)
        files = self.tables("pieces", pieces.SCHEMA, pieces.SCHEMA_VERSION, "The list of files")
        self.uploads = pieces.Pieces(files, "upload")
        self.runs = pieces.Pieces(files, "run")

    def tables(self, *of: Any) -> PostgresTables:  # noqa: ANN401
        """Return tables; the arguments are those of :class:`PostgresTables` after the first."""
        return PostgresTables(self._connections, *of)

    def close(self) -> None:
        """Release all locks and close all connections."""
        self.leases.close()
        self._connections.close()
