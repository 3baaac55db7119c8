"""Snapshots of the derived indexes on disk: written whole, named by CURRENT, checked when read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from embeddings.cache import sync
from rag.faiss_index import FaissIndex

_CURRENT = "CURRENT"
_FOLDER = "generations"
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Origin:
    """The state of the catalog that an index was derived from."""

    identity: str
    revision: int


def save_generation(collection: Path, index: FaissIndex, origin: Origin) -> None:
    """Write the index as a new generation, make it the current one, remove the older ones.

    A crash at any moment leaves CURRENT naming a whole generation, the old or the new. The caller
    holds the collection's writer lock.

    Raises:
        OSError: it cannot be written; what was current before still is.
    """
    folder = collection / _FOLDER
    folder.mkdir(exist_ok=True)
    older = sorted(folder.iterdir())
    numbers = [int(path.name) for path in older if path.name.isdigit()]
    directory = folder / f"{max(numbers, default=0) + 1:06d}"
    directory.mkdir()
    index.save(directory)
    files = {path.name: _digest(path) for path in sorted(directory.iterdir())}
    for name in files:
        sync(directory / name)
    _write_synced(directory / _MANIFEST, json.dumps({**asdict(origin), "files": files}, indent=2))
    sync(directory)
    sync(folder)
    pending = collection / (_CURRENT + ".new")
    _write_synced(pending, directory.name)
    pending.replace(collection / _CURRENT)
    sync(collection)
    for path in older:
        shutil.rmtree(path, ignore_errors=True)


def load_generation(collection: Path, dim: int, origin: Origin) -> FaissIndex | None:
    """Return the current generation's index, to be brought up to date with the catalog.

    None when there is none, when it is not as it was written, or when it was derived from another
    catalog or from a later state than ``origin``, as after a catalog was replaced or restored.
    """
    try:
        name = (collection / _CURRENT).read_text(encoding="ascii").strip()
        directory = collection / _FOLDER / name
        manifest = json.loads((directory / _MANIFEST).read_text(encoding="utf-8"))
        files = manifest["files"]
        if manifest["identity"] != origin.identity or manifest["revision"] > origin.revision:
            return None
        if not name.isdigit() or any(_digest(directory / f) != files[f] for f in files):
            return None
        return FaissIndex.load(directory, dim)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def saved_revision(collection: Path) -> int | None:
    """Return the catalog's revision that the current generation was derived from."""
    try:
        name = (collection / _CURRENT).read_text(encoding="ascii").strip()
        manifest = (collection / _FOLDER / name / _MANIFEST).read_text(encoding="utf-8")
        return int(json.loads(manifest)["revision"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
