"""Snapshots of the derived indexes on disk: written whole, named by CURRENT, checked when read.

CURRENT holds the digest of the manifest, and the manifest those of all other files.
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
class Origin:
    """The state of the catalog that a generation was derived from."""

    identity: str
    revision: int

    def can_become(self, later: Origin) -> bool:
        """Tell whether changes can have led from this state to the other."""
        return self.identity == later.identity and self.revision <= later.revision


@dataclass(frozen=True)
class _Current:
    """What CURRENT says: a generation's directory, and its manifest's digest."""

    directory: Path
    digest: str

    def manifest(self) -> dict[str, Any]:
        """Read the manifest.

        Raises:
            OSError: it cannot be read.
            ValueError: it is not as it was written, or of another format.
        """
        path = self.directory / _MANIFEST
        data = path.read_bytes()
        if xxhash.xxh3_128_hexdigest(data) != self.digest:
            raise ValueError(f"{path} is not the one that {_CURRENT} names")
        manifest: dict[str, Any] = json.loads(data)
        if manifest["format"] != FORMAT:
            raise ValueError(f"{path} is of another format; the next compaction writes it anew")
        return manifest


@dataclass(frozen=True)
class Generation:
    """An open snapshot.

    Attributes:
        number: its directory's name.
        origin: what it was derived from.
        last_key: the largest passage key at that revision; what came later is not in it.
        segments: its passages, by language.
        labels: what the codes in the segments' columns stand for.
        bytes: on disk.
    """

    number: str
    origin: Origin
    last_key: int
    segments: Mapping[str, Segment]
    labels: Labels
    bytes: int

    @property
    def passages(self) -> int:
        """How many passages it holds, deleted ones included."""
        return sum(len(segment.keys) for segment in self.segments.values())


def write_generation(
    collection: Path, catalog: Catalog, on_passages: OnPassages = lambda _: None
) -> Origin:
    """Derive a generation from the catalog, make it the current one, remove the older ones.

    A crash at any moment leaves CURRENT naming a whole generation, the old or the new. The caller
    holds the compaction lock. Return the state that it was derived from.

    Raises:
        OSError: it cannot be written; what was current before still is.
        CollectionDamaged: the catalog is not as it was written.
    """
    folder = collection / _FOLDER
    folder.mkdir(exist_ok=True)
    older = sorted(path for path in folder.iterdir() if path.name.isdigit())
    number = f"{max((int(path.name) for path in older), default=0) + 1:06d}"
    directory = folder / number
    directory.mkdir()
    try:
        origin = _write(directory, catalog, on_passages)
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
    return origin


def _write(directory: Path, catalog: Catalog, on_passages: OnPassages) -> Origin:
    with catalog.reading():
        origin = Origin(catalog.identity(), catalog.revision())
        dim = catalog.fingerprint().dim
        labels = Labels()
        sizes = {language: count for language, (_, count) in catalog.counts().items() if count}
        last_key = 0
        for language in sizes:
            passages = catalog.stored(language=language)
            last = write_segment(directory / language, language, dim, passages, labels, on_passages)
            last_key = max(last_key, last)
    stated = {"sources": labels.sources, "tag_sets": labels.tag_sets}
    (directory / _LABELS).write_text(json.dumps(stated), encoding="utf-8")
    paths = sorted(path for path in directory.rglob("*") if path.is_file())
    files = {path.relative_to(directory).as_posix(): _digest(path) for path in paths}
    for path in paths:
        sync(path)
    manifest = {
        "format": FORMAT,
        **asdict(origin),
        "last_key": last_key,
        "dim": dim,
        "passages": sizes,
        "files": files,
    }
    _write_synced(directory / _MANIFEST, json.dumps(manifest, indent=2))
    for path in [directory, *(path for path in directory.rglob("*") if path.is_dir())]:
        sync(path)
    return origin


def load_generation(collection: Path, origin: Origin) -> Generation | None:
    """Open the current generation, to be brought up to date with the catalog.

    None when there is none, when a file of it is not as it was written, or when it was derived from
    another catalog or from a later state than ``origin``, as after a catalog was restored.
    """
    while True:
        current = _current(collection)
        if current is None:
            return None
        try:
            return _load(current, origin)
        except (OSError, ValueError):
            # A compaction may have put another in its place meanwhile.
            if _current(collection) == current:
                return None


def _load(current: _Current, origin: Origin) -> Generation:
    problems = _damage(current)
    if problems:
        raise ValueError(problems[0])
    directory, manifest = current.directory, current.manifest()
    of = _origin(manifest)
    if not of.can_become(origin):
        raise ValueError("it was derived from another catalog")
    labels = json.loads((directory / _LABELS).read_text(encoding="utf-8"))
    return Generation(
        number=directory.name,
        origin=of,
        last_key=manifest["last_key"],
        segments={
            language: Segment.open(directory / language, language, manifest["dim"])
            for language in manifest["passages"]
        },
        labels=Labels(labels["sources"], labels["tag_sets"]),
        bytes=sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()),
    )


def damage(collection: Path) -> list[str]:
    """Return what is wrong with the current generation, a line each; [] if there is none."""
    while True:
        current = _current(collection)
        if current is None:
            path = collection / _CURRENT
            return [f"{path} does not name a generation"] if path.exists() else []
        problems = _damage(current)
        # A compaction may have put another in its place meanwhile.
        if not problems or _current(collection) == current:
            return problems


def current_origin(collection: Path) -> Origin | None:
    """Return what the current generation was derived from, None where there is none to be read."""
    current = _current(collection)
    try:
        return None if current is None else _origin(current.manifest())
    except (OSError, ValueError):
        return None


def _origin(manifest: Mapping[str, Any]) -> Origin:
    return Origin(manifest["identity"], manifest["revision"])


def _damage(current: _Current) -> list[str]:
    directory = current.directory
    try:
        files = current.manifest()["files"]
    except (OSError, ValueError) as error:
        return [str(error)]
    problems = []
    for name, digest in files.items():
        try:
            if _digest(directory / name) != digest:
                problems.append(f"{directory / name} is not as it was written")
        except OSError as error:
            problems.append(f"{directory / name} cannot be read ({error.strerror})")
    return problems


def current_number(collection: Path) -> str | None:
    """Return the number of the generation that CURRENT names, None where it names none."""
    current = _current(collection)
    return None if current is None else current.directory.name


def _current(collection: Path) -> _Current | None:
    try:
        number, digest = (collection / _CURRENT).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None
    return _Current(collection / _FOLDER / number, digest) if number.isdigit() else None


def _digest(path: Path) -> str:
    """Return a file's 128-bit XXH3, which tells damage as surely as SHA-256, at memory's speed."""
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
