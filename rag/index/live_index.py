"""The indexes of an open collection, brought to the catalog's state before each use."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from rag.catalog.catalog import Catalog
from rag.catalog.settings import CatalogState
from rag.index.background import SAMPLE_SIZE, Background, background_of
from rag.index.current import current_number
from rag.index.generation import Generation, load_generation
from rag.index.labels import Labels, Mask
from rag.index.language_view import LanguageView
from rag.index.segment import Segment
from rag.index.snapshot import Snapshot
from rag.index.tail import Tail, TailView
from rag.records.passage import Keys, StoredPassage

_BLOCK = 1000
"""Passages read from the catalog and added to a tail at a time."""

_LONG_TAIL = 1024
"""Passages in the tails from which on it is worth looking for a newer generation on disk."""


class LiveIndex:
    """The indexes of one catalog, for any number of threads.

    Snapshots are immutable, so readers never wait; threads take turns only to make the snapshot of
    a new state. The passage under a key never changes, and new passages get larger keys. So a new
    state is reached by adding the passages with larger keys and marking those that the catalog's
    log of deletions names.
    """

    def __init__(self, directory: Path, catalog: Catalog) -> None:
        """Load the current generation, if there is one and it is not damaged."""
        self._directory = directory
        self._catalog = catalog
        self._lock = threading.Lock()
        self._load()

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """Yield the snapshot of the catalog's state that reads inside the block see.

        Do not call it inside another ``reading`` block of the catalog: that block's state may be
        older than the latest snapshot.
        """
        while True:
            with self._catalog.reading():
                snapshot = self._at(self._catalog.settings.state())
                # None: another thread has made a snapshot of a later state meanwhile.
                if snapshot is not None:
                    yield snapshot
                    return

    @property
    def generation(self) -> Generation | None:
        """The generation that snapshots are made from."""
        return self._generation

    def stale(self) -> tuple[int, int]:
        """Return how many passages the generation lacks, and how many of its own are deleted."""
        with self._catalog.reading():
            if self._generation is None:
                return self._catalog.passages.count_after(0), 0
            deleted = self._catalog.deletions.since(self._generation.state.revision)
            after = self._generation.last_key
            return self._catalog.passages.count_after(after), int((deleted <= after).sum())

    def reload(self) -> None:
        """Load the generation that is current on disk."""
        with self._lock, self._catalog.reading():
            self._load()

    def _at(self, state: CatalogState) -> Snapshot | None:
        snapshot = self._snapshot
        if _is_of(snapshot, state):
            return snapshot
        with self._lock:
            is_other = self._snapshot.identity != state.identity
            is_older = self._snapshot.revision < state.revision
            if is_other or (is_older and self._should_reload()):
                self._load()
            if self._snapshot.revision <= state.revision and not _is_of(self._snapshot, state):
                try:
                    self._follow(state.revision)
                except BaseException:
                    # Tails may hold passages that are in no snapshot.
                    self._load()
                    raise
            return self._snapshot if self._snapshot.revision == state.revision else None

    def _should_reload(self) -> bool:
        if self._snapshot.revision < self._catalog.deletions.complete_after():
            return True
        long = sum(map(len, self._tails.values())) >= _LONG_TAIL
        loaded = None if self._generation is None else self._generation.number
        return long and current_number(self._directory) not in (None, loaded)

    def _load(self) -> None:
        """Start from the generation on disk, or from nothing, in a ``reading`` block.

        :meth:`_follow` completes the snapshot, also where nothing has changed since.
        """
        state = self._catalog.settings.state()
        generation = load_generation(self._directory, state)
        if generation and generation.state.revision < self._catalog.deletions.complete_after():
            generation = None
        self._generation = generation
        self._tails: dict[str, Tail] = {}
        self._last_key = generation.last_key if generation else 0
        self._dim = self._catalog.settings.fingerprint().dim
        segments = generation.segments if generation else {}
        self._snapshot = Snapshot(
            identity=state.identity,
            revision=generation.state.revision if generation else -1,
            views={
                language: self._language_view(segment) for language, segment in segments.items()
            },
            # They are read from the catalog, which may be in a later state.
            backgrounds={},
            labels=generation.labels if generation else Labels(),
            keys_of=self._catalog.passages.keys_of,
        )

    def _follow(self, revision: int) -> None:
        """Make the snapshot of the catalog's state that this thread reads."""
        before = self._snapshot
        # Without a generation there is no passage yet that could have been deleted.
        deleted = (
            np.empty(0, dtype=np.int64)
            if before.revision < 0
            else self._catalog.deletions.since(before.revision)
        )
        changed = {
            language
            for language, view in before.views.items()
            if np.isin(deleted, view.keys()).any()
        }
        changed |= self._add_new(before.labels)
        views = dict(before.views)
        for language in changed:
            view = self._view(language, before.views.get(language), deleted)
            if view.count:
                views[language] = view
            else:
                del views[language]
                self._tails.pop(language, None)
        backgrounds = {
            language: before.backgrounds[language]
            if language in before.backgrounds and language not in changed
            else _background(view)
            for language, view in views.items()
        }
        self._snapshot = replace(before, revision=revision, views=views, backgrounds=backgrounds)

    def _add_new(self, labels: Labels) -> set[str]:
        """Add the passages with larger keys to the tails; return their languages."""
        pending: dict[str, list[StoredPassage]] = {}
        languages = set()
        for passage in self._catalog.passages.stream(after=self._last_key):
            block = pending.setdefault(passage.encoded.passage.language, [])
            block.append(passage)
            self._last_key = passage.key
            if len(block) == _BLOCK:
                self._append(pending, labels)
            languages.add(passage.encoded.passage.language)
        self._append(pending, labels)
        return languages

    def _append(self, pending: dict[str, list[StoredPassage]], labels: Labels) -> None:
        for language, passages in pending.items():
            if language not in self._tails:
                self._tails[language] = Tail(self._dim, language)
            self._tails[language].add(passages, labels)
        pending.clear()

    def _view(self, language: str, before: LanguageView | None, deleted: Keys) -> LanguageView:
        """Return a language's view without the deleted passages and with its whole tail."""
        segment = before.segment if before else None
        alive = before.alive if before else None
        if segment is not None:
            is_deleted = np.isin(segment.keys, deleted)
            if is_deleted.any():
                alive = ~is_deleted if alive is None else alive & ~is_deleted
        tail = self._tails.get(language)
        if tail is None:
            return self._language_view(segment, alive)
        former = before.tail.alive if before and before.tail else np.empty(0, dtype=bool)
        alive_in_tail: Mask = np.ones(len(tail), dtype=bool)
        alive_in_tail[: len(former)] = former
        view = tail.view(alive_in_tail)
        alive_in_tail &= ~np.isin(view.keys, deleted)
        return self._language_view(segment, alive, view)

    def _language_view(
        self, segment: Segment | None, alive: Mask | None = None, tail: TailView | None = None
    ) -> LanguageView:
        passages = self._catalog.passages
        sentences_of = partial(passages.sentences, dim=self._dim)
        return LanguageView(segment, alive, tail, sentences_of, passages.tokens)


def _is_of(snapshot: Snapshot, state: CatalogState) -> bool:
    """Return whether a snapshot is that of a catalog's state, and complete."""
    is_complete = snapshot.backgrounds.keys() == snapshot.views.keys()
    same = (snapshot.identity, snapshot.revision) == (state.identity, state.revision)
    return same and is_complete


def _background(view: LanguageView) -> Background:
    """Sample a language's passages: those whose keys have the smallest hashes.

    So the sample depends only on which passages there are, not on the order of changes.
    """
    keys = view.keys()
    hashes = _hash(keys)
    if len(keys) > SAMPLE_SIZE:
        smallest = np.argpartition(hashes, SAMPLE_SIZE)[:SAMPLE_SIZE]
        keys, hashes = keys[smallest], hashes[smallest]
    return background_of(view, keys[np.argsort(hashes)])


def _hash(keys: Keys) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return SplitMix64 of each key (Steele, Lea and Flood 2014)."""
    z = keys.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
