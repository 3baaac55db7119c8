"""Generations: the derived indexes on disk, written as a whole and checked when they are read.

:mod:`rag.index.current` says how their files are named and checked.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings.cache import sync
from rag.catalog.catalog import Catalog
from rag.catalog.private_files import as_private_as, private_folder
from rag.catalog.settings import CatalogState
from rag.errors import NotEnoughMemory, lacks_memory
from rag.index.current import (
    CURRENT,
    FOLDER,
    FORMAT,
    MANIFEST,
    Current,
    current_number,
    damage_of,
    digest_of,
    read_current,
    state_of,
)
from rag.index.labels import Labels
from rag.index.segment import Segment, write_segment

_LABELS = "labels.json"

OnPassages = Callable[[int], object]
"""Called with the number of passages written since the last call."""


@dataclass(frozen=True)
class Generation:
    """An open generation.

    Attributes:
        number: the name of its folder.
        state: the state of the catalog that it was derived from.
        last_key: the largest passage key at that state; later passages are not in it.
        segments: its passages, by language.
        labels: the sources and tags that the codes in the segments' columns stand for.
        bytes: its size on disk.
    """

    number: str
    state: CatalogState
    last_key: int
    segments: Mapping[str, Segment]
    labels: Labels
    bytes: int

    @property
    def passages(self) -> int:
        """How many passages it holds, including those deleted since."""
        return sum(len(segment.keys) for segment in self.segments.values())


def write_generation(
    collection: Path, catalog: Catalog, on_passages: OnPassages = lambda _: None
) -> CatalogState:
    """Derive a generation from the catalog, make it the current one, and delete the older ones.

    After a crash at any moment CURRENT names a complete generation, the old or the new one.

    Args:
        collection: the collection's folder; the caller holds its compaction lock.
        catalog: the collection's catalog.
        on_passages: called with the number of passages written since the last call.

    Returns:
        The state of the catalog that the generation was derived from.

    Raises:
        OSError: it cannot be written; the generation in use does not change.
        CollectionDamaged: the catalog differs from what was stored.
    """
    folder = collection / FOLDER
    private_folder(folder)
    older = sorted(path for path in folder.iterdir() if path.name.isdigit())
    number = f"{max((int(path.name) for path in older), default=0) + 1:06d}"
    directory = folder / number
    private_folder(directory)
    try:
        state = _write(directory, catalog, on_passages)
        sync(folder)
        pending = collection / (CURRENT + ".new")
        _write_synced(pending, f"{number} {digest_of(directory / MANIFEST)}")
        pending.replace(collection / CURRENT)
        sync(collection)
    except BaseException:
        if current_number(collection) != number:
            shutil.rmtree(directory, ignore_errors=True)
        raise
    for path in older:
        shutil.rmtree(path, ignore_errors=True)
    return state


def _write(directory: Path, catalog: Catalog, on_passages: OnPassages) -> CatalogState:
    with catalog.reading():
        state = catalog.settings.state()
        dim = catalog.settings.fingerprint().dim
        labels = Labels()
        sizes = {language: count for language, (_, count) in catalog.counts().items() if count}
        last_key = 0
        for language in sizes:
            passages = catalog.passages.stream(language=language)
            last = write_segment(directory / language, language, dim, passages, labels, on_passages)
            last_key = max(last_key, last)
    codes = {"sources": labels.sources, "tag_sets": labels.tag_sets}
    (directory / _LABELS).write_text(json.dumps(codes), encoding="utf-8")
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    files = {path.relative_to(directory).as_posix(): digest_of(path) for path in paths}
    for path in paths:
        sync(path)
    manifest = {
        "format": FORMAT,
        **asdict(state),
        "last_key": last_key,
        "dim": dim,
        "passages": sizes,
        "files": files,
    }
    _write_synced(directory / MANIFEST, json.dumps(manifest, indent=2))
    as_private_as(catalog.path, directory)
    for path in [directory, *(path for path in directory.rglob("*") if path.is_dir())]:
        sync(path)
    return state


def load_generation(collection: Path, state: CatalogState) -> Generation | None:
    """Open the current generation, for a catalog in some state.

    Returns:
        None if there is no generation, if one of its files is damaged, or if it was derived from
        another catalog or from a later state, as after a catalog was restored from a backup.

    Raises:
        NotEnoughMemory: it cannot be opened for lack of memory.
    """
    while True:
        current = read_current(collection)
        if current is None:
            return None
        try:
            return _load(current, state)
        except (OSError, ValueError, MemoryError) as error:
            # A whole index must not be taken for a damaged one, and built again in memory.
            if lacks_memory(error):
                raise NotEnoughMemory(f"the index of {collection.name!r}") from error
            # A compaction may have replaced it meanwhile.
            if read_current(collection) == current:
                return None


def _load(current: Current, state: CatalogState) -> Generation:
    problems = damage_of(current)
    if problems:
        raise ValueError(problems[0])
    directory, manifest = current.directory, current.manifest()
    derived_from = state_of(manifest)
    if not derived_from.can_become(state):
        raise ValueError("it was derived from another catalog")
    labels = json.loads((directory / _LABELS).read_text(encoding="utf-8"))
    return Generation(
        number=directory.name,
        state=derived_from,
        last_key=manifest["last_key"],
        segments={
            language: Segment.open(directory / language, language, manifest["dim"])
            for language in manifest["passages"]
        },
        labels=Labels(labels["sources"], labels["tag_sets"]),
        bytes=sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()),
    )


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
