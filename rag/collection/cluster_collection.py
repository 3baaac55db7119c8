"""A collection on a cluster."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial

from embeddings import Encoder, TamnguError
from embeddings.calibration.calibration import Calibration
from rag.catalog.catalog import Catalog
from rag.cluster.cluster import Cluster
from rag.cluster.cluster_index import ClusterIndex
from rag.cluster.postgres import PostgresDatabase
from rag.collection.collection import Collection
from rag.errors import ClusterUnavailable
from rag.index.generation import OnPassages
from rag.index.seam import Snapshot
from reading import Reader

_LOG = logging.getLogger("tamngu.rag")

_LOOK_S = 2.0
"""Seconds between two looks at the outbox. Chosen manually, not tuned: until then a search reads
what is in it from PostgreSQL."""


class ClusterCollection(Collection):
    """An open collection on a cluster, for any number of threads.

    Any number of processes write at once. Articles are durable and found when :meth:`put` returns,
    also while Milvus cannot be reached.
    """

    def __init__(
        self,
        cluster: Cluster,
        name: str,
        encoder: Encoder,
        catalog: Catalog,
        calibration: Calibration,
        reader: Reader | str | None = None,
    ) -> None:
        """Use :meth:`rag.collection.collection.Collection.open`."""
        self._begin(name, encoder, catalog, calibration, reader)
        database = catalog.connections
        assert isinstance(database, PostgresDatabase)
        self._on_cluster = ClusterIndex(catalog, database, partial(cluster.vectors, catalog))
        self._closing = threading.Event()
        self._follower: threading.Thread | None = None

    def follow(self) -> None:
        """Tell Milvus, every few seconds, of what other processes have left in the outbox."""
        if self._follower is None:
            self._follower = threading.Thread(target=self._follow, name="outbox", daemon=True)
            self._follower.start()

    def _follow(self) -> None:
        while not self._closing.wait(_LOOK_S):
            with suppress(TamnguError):
                self._on_cluster.drain()

    def close(self) -> None:
        """Close all connections."""
        self._closing.set()
        if self._follower is not None:
            self._follower.join()
        self._on_cluster.close()
        self.catalog.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write; other processes may do so too.

        Raises:
            CollectionNotFound: the collection has been deleted since it was opened.
        """
        self.catalog.ensure_exists()
        yield

    def _snapshot(self) -> AbstractContextManager[Snapshot]:
        return self._on_cluster.reading()

    def save(self) -> None:
        """Tell Milvus of everything that is stored; without it, another process will do so."""
        try:
            self._on_cluster.drain_all()
        except ClusterUnavailable as error:
            _LOG.warning("The articles are stored, and the index follows later. %s", error)

    def compact(self, on_passages: OnPassages = lambda _: None, *, wait_s: float = 600) -> None:
        """Tell Milvus of everything that is stored.

        Args:
            on_passages: called with the number of passages that Milvus was told of.
            wait_s: not used: processes take turns.

        Raises:
            ClusterUnavailable: a part of the cluster does not answer.
        """
        self._on_cluster.drain_all(on_passages)

    def compact_if_grown(self) -> None:
        """Tell Milvus of what was stored, unless another process is doing so."""
        try:
            self._on_cluster.drain()
        except ClusterUnavailable as error:
            _LOG.warning("The articles are stored, and the index follows later. %s", error)
