"""Where the collections of a measurement are, as its processes are told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from eval.evaluation.temporary import temporary_name
from rag.cluster.cluster import Cluster
from rag.collection.paths import Home, default_home

MADE = "large"
"""Name of the collection that is made to be measured; on a cluster, what the name begins with."""

PREFIX = "tamngu-bench-"
"""What the names of temporary folders begin with."""


@dataclass(frozen=True)
class Place:
    """A folder of collections, or the file of a cluster.

    Attributes:
        option: ``--home`` or ``--cluster``.
        path: what follows it.
    """

    option: str
    path: str

    @classmethod
    def named(cls, home: Path | None, cluster: Path | None) -> Place:
        """Return the place that a command's options name."""
        if cluster is not None:
            return cls("--cluster", str(cluster))
        return cls("--home", str(home or default_home()))

    @property
    def folder(self) -> Path | None:
        """The folder; None of a cluster."""
        return Path(self.path) if self.option == "--home" else None

    @property
    def words(self) -> list[str]:
        """How a command is told of the place."""
        return [self.option, self.path]

    def home(self) -> Home:
        """Return what collections are opened with.

        Raises:
            BadClusterFile: the cluster's file cannot be read, or it says what is not allowed.
            ClusterMissing: what a cluster needs is not installed.
        """
        return self.folder or Cluster.read(Path(self.path))


@contextmanager
def place_to_make(place: Place, kept: Path | None = None) -> Iterator[tuple[Place, str]]:
    """Yield where a collection can be made to be measured, and its name.

    It is in a folder of its own, or on the cluster under a name of its own. After the block it is
    gone, unless it was to be kept.

    Args:
        place: a cluster, or any folder.
        kept: the folder in which it is kept; None to keep nothing.

    Raises:
        UsageError: a folder cannot keep what is on a cluster.
    """
    if place.folder is None:
        if kept is not None:
            raise click.UsageError("--keep is for one machine; it does not go with --cluster.")
        with temporary_name(Cluster.read(Path(place.path)), MADE) as name:
            yield place, name
    elif kept is not None:
        yield Place("--home", str(kept)), MADE
    else:
        with TemporaryDirectory(prefix=PREFIX) as folder:
            yield Place("--home", folder), MADE
