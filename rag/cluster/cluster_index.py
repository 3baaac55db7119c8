"""The indexes of a collection on a cluster, at the catalog's state of each use."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from rag.catalog.catalog import Catalog
from rag.cluster.cluster_view import ClusterTail, ClusterView
from rag.cluster.filling import fill_again, waiting
from rag.cluster.outbox import SETTLE_S, drain
from rag.cluster.passage_rows import PassageRows
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.snapshot import ClusterSnapshot
from rag.cluster.vectors import VectorStore
from rag.index.background import SAMPLE_SIZE, Background, background_of
from rag.records.passage import Keys
from tamngu.records.notice import Notice

_LOG = logging.getLogger("tamngu.rag")

_LONGEST_TAIL = 4096
"""Changes that a search looks at itself; it says so if there are more. Chosen manually, not tuned:
4,096 passages take 10 ms."""

_PAUSE_S = 0.05
"""Seconds between two looks at whether another process has drained the outbox."""

_LOOK_S = 60.0
"""Seconds after which a writer looks again whether Milvus still holds what it was given."""


@dataclass(frozen=True)
class _Derived:
    """What belongs to one identity of the catalog, which is another one after a re-encoding.

    Attributes:
        store: finds its passages.
        rows: reads them, and keeps some.
        samples: by language, the keys of the sample and what was made of it.
    """

    identity: str
    store: VectorStore
    rows: PassageRows
    samples: dict[str, tuple[list[int], Background]] = field(default_factory=dict)


class ClusterIndex:
    """The indexes of one catalog, for any number of threads."""

    def __init__(
        self,
        catalog: Catalog,
        database: PostgresDatabase,
        open_store: Callable[[], VectorStore],
    ) -> None:
        """Search a catalog with the help of a store; fill the store if it is new or was lost.

        Args:
            catalog: that is searched.
            database: the catalog's.
            open_store: opens the store of the catalog's present identity.
        """
        self._catalog = catalog
        self._database = database
        self._open_store = open_store
        self._derived: _Derived | None = None
        self._opened: list[VectorStore] = []
        self._lock = threading.Lock()
        self._last: tuple[object, ClusterSnapshot] | None = None
        self._looked = -_LOOK_S

    def close(self) -> None:
        """Close the connections to stores."""
        with self._lock:
            for store in self._opened:
                store.close()
            self._opened.clear()
            self._derived = None

    def store(self) -> VectorStore:
        """Return the store of the catalog's present identity."""
        with self._catalog.reading():
            return self._of(self._catalog.settings.identity()).store

    def _of(self, identity: str) -> _Derived:
        """Return what belongs to the identity of the state that the caller reads.

        Searches may still use the store of an earlier one, so it is closed at the end.
        """
        with self._lock:
            if self._derived is None or self._derived.identity != identity:
                store = self._open_store()
                self._opened.append(store)
                self._derived = _Derived(identity, store, PassageRows(self._database))
            return self._derived

    @contextmanager
    def reading(self) -> Iterator[ClusterSnapshot]:
        """Yield the snapshot of the catalog's state that reads inside the block see.

        Raises:
            ClusterUnavailable: a part of the cluster does not answer.
        """
        with self._catalog.reading():
            snapshot = self._snapshot()
            # What is said and found of one question is not said and found of the next one.
            yield replace(snapshot, notices=list(snapshot.notices), nearest=threading.local())

    def drain(self, on_changes: Callable[[int], object] = lambda _: None) -> None:
        """Tell Milvus of all changes that wait, or of none if another process is doing so.

        Args:
            on_changes: called with the number of changes it was told since the last call.

        Raises:
            ClusterUnavailable: a part of the cluster does not answer; the changes wait on.
        """
        self._look()
        while done := drain(self._database, self.store):
            on_changes(done)

    def drain_all(self, on_changes: Callable[[int], object] = lambda _: None) -> None:
        """Return when no change waits; another process may help.

        Args:
            on_changes: as :meth:`drain` takes it.

        Raises:
            ClusterUnavailable: a part of the cluster does not answer; the changes wait on.
        """
        while True:
            self.drain(on_changes)
            if not waiting(self._database):
                return
            time.sleep(_PAUSE_S)

    def _look(self) -> None:
        """Begin to fill Milvus again if it has lost what it was given."""
        if time.monotonic() - self._looked < _LOOK_S:
            return
        if fill_again(self._database, self.store):
            _LOG.warning("Milvus is filled from the catalog; nothing is encoded for that.")
        self._looked = time.monotonic()

    def _snapshot(self) -> ClusterSnapshot:
        state = self._catalog.settings.state()
        changes = self._database.rows_of(
            "SELECT key, language, is_stored, drained_at IS NULL FROM outbox"
            " WHERE drained_at IS NULL OR drained_at > clock_timestamp() - make_interval(secs => ?)"
            " ORDER BY number DESC LIMIT ?",
            [SETTLE_S, _LONGEST_TAIL + 1],
        )
        seen = (state, tuple(changes))
        with self._lock:
            if self._last is not None and self._last[0] == seen:
                return self._last[1]
        notices: list[Notice] = []
        if len(changes) > _LONGEST_TAIL:
            left = waiting(self._database)
            if left > _LONGEST_TAIL:
                text = (
                    f"The index does not hold {left:,} passages yet, so older ones of them may be "
                    "missing here."
                )
                notices.append(Notice("index-behind", text, {"passages": left}))
        counts: dict[str, int] = dict(
            self._database.rows(
                "SELECT language, passages FROM counts WHERE passages > 0 ORDER BY language"
            )
        )
        derived = self._of(state.identity)
        view = ClusterView(derived.rows)
        snapshot = ClusterSnapshot(
            identity=state.identity,
            revision=state.revision,
            counts=counts,
            views=dict.fromkeys(counts, view),
            backgrounds={
                language: self._background(view, language, derived.samples) for language in counts
            },
            tails=self._tails(changes[:_LONGEST_TAIL], derived.rows),
            notices=notices,
            database=self._database,
            store=derived.store,
            rows=derived.rows,
        )
        with self._lock:
            self._last = (seen, snapshot)
        return snapshot

    def _background(
        self, view: ClusterView, language: str, samples: dict[str, tuple[list[int], Background]]
    ) -> Background:
        rows = self._database.rows(
            "SELECT key FROM passages WHERE language = ? ORDER BY sample_order(key) LIMIT ?",
            (language, SAMPLE_SIZE),
        )
        sample = [row[0] for row in rows]
        known = samples.get(language)
        if known is None or known[0] != sample:
            known = sample, background_of(view, np.array(sample, dtype=np.int64))
            samples[language] = known
        return known[1]

    def _tails(
        self, changes: Sequence[tuple[int, str, bool, bool]], read: PassageRows
    ) -> dict[str, ClusterTail]:
        """Return what Milvus may not show yet, by language; the newest changes come first."""
        last: dict[int, tuple[str, bool, bool]] = {}
        for key, language, is_stored, is_open in changes:
            last.setdefault(key, (language, is_stored, is_open))
        stored = [key for key, (_, is_stored, _) in last.items() if is_stored]
        held = read.vectors(stored)
        counted = (
            {
                row[0]
                for row in self._database.rows_of(
                    "SELECT key FROM indexed WHERE key = ANY(?)", [stored]
                )
            }
            if stored
            else set()
        )
        tails = {}
        for language in {language for language, _, _ in last.values()}:
            keys = sorted(k for k in stored if last[k][0] == language and k in held)
            deleted = [
                k for k, (of, is_stored, _) in last.items() if of == language and not is_stored
            ]
            rows = [held[key] for key in keys]
            tails[language] = ClusterTail(
                _keys(keys),
                rows,
                np.stack([row.vector for row in rows]).astype(np.float32)
                if rows
                else np.empty((0, 1), np.float32),
                np.array([key not in counted for key in keys], dtype=bool),
                _keys(sorted(deleted)),
            )
        return tails


def _keys(keys: Sequence[int]) -> Keys:
    return np.array(keys, dtype=np.int64)
