"""Generations: the derived indexes on disk, written as a whole and checked when they are read.

The file CURRENT names the generation in use and holds its manifest's digest; the manifest holds the
digests of all other files.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import xxhash

from embeddings.cache import sync
from rag.catalog.catalog import Catalog
from rag.catalog.settings import CatalogState
from rag.index.labels import Labels
from rag.index.segment import Segment, write_segment

FORMAT = 3

_CURRENT = "CURRENT"
_FOLDER = "generations"
_MANIFEST = "manifest.json"
_LABELS = "labels.json"
_BLOCK = 4 * 1024 * 1024

OnPassages = Callable[[int], object]
"""Called with the number of passages written since the last call."""


@dataclass(frozen=True)
class _Current:
    """The content of CURRENT: a generation's folder and its manifest's digest."""

    directory: Path
    digest: str

    def manifest(self) -> dict[str, Any]:
        """Read the manifest.

        Raises:
            OSError: it cannot be read.
            ValueError: it is damaged, or it has another format.
        """
        path = self.directory / _MANIFEST
        data = path.read_bytes()
        if xxhash.xxh3_128_hexdigest(data) != self.digest:
            raise ValueError(f"{path} does not have the digest in {_CURRENT}")
        manifest: dict[str, Any] = json.loads(data)
        if manifest["format"] != FORMAT:
            raise ValueError(f"{path} has another format; the next compaction writes it again")
        return manifest


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
    folder = collection / _FOLDER
    folder.mkdir(exist_ok=True)
    older = sorted(path for path in folder.iterdir() if path.name.isdigit())
    number = f"{max((int(path.name) for path in older), default=0) + 1:06d}"
    directory = folder / number
    directory.mkdir()
    try:
        state = _write(directory, catalog, on_passages)
        sync(folder)
        pending = collection / (_CURRENT + ".new")
        _write_synced(pending, f"{number} {_digest(directory / _MANIFEST)}")
        pending.replace(collection / _CURRENT)
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
    files = {path.relative_to(directory).as_posix(): _digest(path) for path in paths}
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
    _write_synced(directory / _MANIFEST, json.dumps(manifest, indent=2))
    for path in [directory, *(path for path in directory.rglob("*") if path.is_dir())]:
        sync(path)
    return state


def load_generation(collection: Path, state: CatalogState) -> Generation | None:
    """Open the current generation, for a catalog in some state.

    Returns:
        None if there is no generation, if one of its files is damaged, or if it was derived from
        another catalog or from a later state, as after a catalog was restored from a backup.
    """
    while True:
        current = _current(collection)
        if current is None:
            return None
        try:
            return _load(current, state)
        except (OSError, ValueError):
            # A compaction may have replaced it meanwhile.
            if _current(collection) == current:
                return None


def _load(current: _Current, state: CatalogState) -> Generation:
    problems = _damage(current)
    if problems:
        raise ValueError(problems[0])
    directory, manifest = current.directory, current.manifest()
    derived_from = _state(manifest)
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


def damage(collection: Path) -> list[str]:
    """Return what is wrong with the current generation, one sentence each; [] if there is none."""
    while True:
        current = _current(collection)
        if current is None:
            path = collection / _CURRENT
            return [f"{path} does not name a generation."] if path.exists() else []
        problems = _damage(current)
        # A compaction may have replaced it meanwhile.
        if not problems or _current(collection) == current:
            return problems


def current_state(collection: Path) -> CatalogState | None:
    """Return the catalog's state that the current generation was derived from.

    None if there is no generation, or if its manifest cannot be read.
    """
    current = _current(collection)
    try:
        return None if current is None else _state(current.manifest())
    except (OSError, ValueError):
        return None


def _state(manifest: Mapping[str, Any]) -> CatalogState:
    return CatalogState(manifest["identity"], manifest["revision"])


def _damage(current: _Current) -> list[str]:
    directory = current.directory
    try:
        files = current.manifest()["files"]
    except (OSError, ValueError) as error:
        return [f"{error}."]
    problems = []
    for name, digest in files.items():
        try:
            if _digest(directory / name) != digest:
                problems.append(f"{directory / name} differs from what was written.")
        except OSError as error:
            problems.append(f"{directory / name} cannot be read ({error.strerror}).")
    return problems


def current_number(collection: Path) -> str | None:
    """Return the number of the generation that CURRENT names; None if it names none."""
    current = _current(collection)
    return None if current is None else current.directory.name


def _current(collection: Path) -> _Current | None:
    try:
        number, digest = (collection / _CURRENT).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None
    return _Current(collection / _FOLDER / number, digest) if number.isdigit() else None


def _digest(path: Path) -> str:
    """Return a file's 128-bit XXH3: it detects damage as reliably as SHA-256, far faster."""
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
