"""The indexes of an open collection, brought to the catalog's state before each use."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from rag.catalog.catalog import Catalog, StoredPassage
from rag.index.background import SAMPLE_SIZE, TOKEN_SAMPLE_SIZE, Background
from rag.index.generation import Generation, Origin, current_number, load_generation
from rag.index.labels import Labels, Mask
from rag.index.late_interaction import steps_of
from rag.index.snapshot import LanguageView, Snapshot
from rag.index.tail import Tail
from rag.records.passage import Keys

_ADDED = 1000
"""Passages read from the catalog and added at a time."""

_LONG_TAIL = 1024
"""Passages in the tail from which on it is worth a look whether another process has compacted."""


class LiveIndex:
    """Follows one catalog, for any number of threads.

    Snapshots are immutable, so nobody who reads waits for anybody; only to advance to a new state
    do threads take turns. Passages are immutable under their keys, and keys grow: to follow is to
    add those with larger keys and to mark those that the catalog's log says are deleted.
    """

    def __init__(self, directory: Path, catalog: Catalog) -> None:
        """Load the current generation, if it is there and whole."""
        self._directory = directory
        self._catalog = catalog
        self._lock = threading.Lock()
        self._load()

    @contextmanager
    def reading(self) -> Iterator[Snapshot]:
        """Give the snapshot of the catalog's state that reads inside see.

        Not inside another reading of the catalog, which may be of a state long gone.
        """
        while True:
            with self._catalog.reading():
                snapshot = self._at(self._catalog.identity(), self._catalog.revision())
                # None: another thread was ahead of what this one reads.
                if snapshot is not None:
                    yield snapshot
                    return

    @property
    def generation(self) -> Generation | None:
        """The generation that snapshots are made from now."""
        return self._generation

    def stale(self) -> tuple[int, int]:
        """Return how many passages the generation lacks, and how many it has that are gone."""
        with self._catalog.reading():
            if self._generation is None:
                return self._catalog.keys_after(0), 0
            gone = self._catalog.deleted_since(self._generation.origin.revision)
            after = self._generation.last_key
            return self._catalog.keys_after(after), int((gone <= after).sum())

    def reload(self) -> None:
        """Take up the generation that is current now."""
        with self._lock, self._catalog.reading():
            self._load()

    def _at(self, identity: str, revision: int) -> Snapshot | None:
        snapshot = self._snapshot
        if (snapshot.identity, snapshot.revision) == (identity, revision):
            return snapshot
        with self._lock:
            if self._snapshot.identity != identity:
                self._load()
            if self._snapshot.revision < revision:
                if self._should_reload():
                    self._load()
                try:
                    self._follow(revision)
                except BaseException:
                    # Tails may hold passages that no snapshot counts.
                    self._load()
                    raise
            return self._snapshot if self._snapshot.revision == revision else None

    def _should_reload(self) -> bool:
        if self._snapshot.revision < self._catalog.deletions_from():
            return True
        long = sum(map(len, self._tails.values())) >= _LONG_TAIL
        loaded = None if self._generation is None else self._generation.number
        return long and current_number(self._directory) not in (None, loaded)

    def _load(self) -> None:
        """Start from the generation on disk, or from nothing; the catalog is being read."""
        origin = Origin(self._catalog.identity(), self._catalog.revision())
        generation = load_generation(self._directory, origin)
        if generation and generation.origin.revision < self._catalog.deletions_from():
            generation = None
        self._generation = generation
        self._tails: dict[str, Tail] = {}
        self._last_key = generation.last_key if generation else 0
        self._dim = self._catalog.fingerprint().dim
        segments = generation.segments if generation else {}
        views = {language: LanguageView(s, None, None) for language, s in segments.items()}
        self._snapshot = Snapshot(
            identity=origin.identity,
            revision=generation.origin.revision if generation else -1,
            views=views,
            backgrounds={language: _background(view) for language, view in views.items()},
            labels=generation.labels if generation else Labels(),
            keys_of=self._catalog.keys_of,
        )

    def _follow(self, revision: int) -> None:
        """Make the snapshot of the state that this thread reads."""
        before = self._snapshot
        # Without a generation there is nothing yet that could have been deleted.
        gone = (
            np.empty(0, dtype=np.int64)
            if before.revision < 0
            else self._catalog.deleted_since(before.revision)
        )
        touched = {
            language for language, view in before.views.items() if np.isin(gone, view.keys()).any()
        }
        touched |= self._add_new(before.labels)
        views = dict(before.views)
        for language in touched:
            view = self._view(language, before.views.get(language), gone)
            if view.count:
                views[language] = view
            else:
                del views[language]
                self._tails.pop(language, None)
        backgrounds = {
            language: _background(view) if language in touched else before.backgrounds[language]
            for language, view in views.items()
        }
        self._snapshot = replace(before, revision=revision, views=views, backgrounds=backgrounds)

    def _add_new(self, labels: Labels) -> set[str]:
        """Add the passages with larger keys to the tails; return their languages."""
        pending: dict[str, list[StoredPassage]] = {}
        languages = set()
        for passage in self._catalog.stored(after=self._last_key):
            some = pending.setdefault(passage.encoded.passage.language, [])
            some.append(passage)
            self._last_key = passage.key
            if len(some) == _ADDED:
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

    def _view(self, language: str, before: LanguageView | None, gone: Keys) -> LanguageView:
        segment = before.segment if before else None
        alive = before.alive if before else None
        if segment is not None:
            dead = np.isin(segment.keys, gone)
            if dead.any():
                alive = ~dead if alive is None else alive & ~dead
        tail = self._tails.get(language)
        if tail is None:
            return LanguageView(segment, alive, None)
        old = before.tail.alive if before and before.tail else np.empty(0, dtype=bool)
        still: Mask = np.ones(len(tail), dtype=bool)
        still[: len(old)] = old
        view = tail.view(still)
        still &= ~np.isin(view.keys, gone)
        return LanguageView(segment, alive, view)


def _background(view: LanguageView) -> Background:
    """Sample a language's passages: those with the smallest hashes of their keys.

    So the sample hangs on what is there alone, not on how it came to be there.
    """
    keys = view.keys()
    hashes = _hash(keys)
    if len(keys) > SAMPLE_SIZE:
        smallest = np.argpartition(hashes, SAMPLE_SIZE)[:SAMPLE_SIZE]
        keys, hashes = keys[smallest], hashes[smallest]
    chosen = keys[np.argsort(hashes)]
    sentences, starts = view.sentences(chosen)
    tokens, token_starts = view.tokens(chosen[:TOKEN_SAMPLE_SIZE])
    return Background(view.vectors(chosen), sentences, starts, steps_of(tokens), token_starts)


def _hash(keys: Keys) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return SplitMix64 of each key (Steele, Lea and Flood 2014)."""
    z = keys.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))
