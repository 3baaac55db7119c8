"""Directories in the cache, each of which is either complete or absent."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import platformdirs
from filelock import FileLock

from embeddings.errors import EncoderError

_CONTENTS = "contents.json"
_MAX_HASHED_BYTES = 64 * 1024 * 1024
"""Larger files are checked by size only: to hash them at every start would take longer than to read
them."""


def cache_home() -> Path:
    """Return the folder for files that can be built again: ``TAMNGU_CACHE`` or the user's cache."""
    chosen = os.environ.get("TAMNGU_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("tamngu"))


def build_directory(directory: Path, write: Callable[[Path], None]) -> Path:
    """Return ``directory``; build it with ``write`` unless it is complete already.

    ``write`` fills a sibling directory, which is synced and then renamed. So a crash at any moment
    leaves either nothing or everything. Remains of an earlier crash are removed. Two processes that
    need the same directory wait for each other.

    Args:
        directory: in the cache.
        write: fills the folder it is given.

    Raises:
        EncoderError: the cache cannot be written.
    """
    if is_complete(directory):
        return directory
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(directory.with_name(directory.name + ".lock")):
            if is_complete(directory):
                return directory
            for leftover in directory.parent.glob(directory.name + ".partial-*"):
                shutil.rmtree(leftover)
            shutil.rmtree(directory, ignore_errors=True)
            # tempfile would make a folder that other users of a shared cache cannot read.
            partial = directory.with_name(f"{directory.name}.partial-{os.getpid()}")
            partial.mkdir()
            try:
                write(partial)
                _seal(partial)
                partial.rename(directory)
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise
            sync(directory.parent)
    except OSError as error:
        raise EncoderError(
            f"Cannot prepare {directory}: {error.strerror or error}. "
            "Set TAMNGU_CACHE to a writable folder on a disk with free space."
        ) from error
    return directory


def sync(path: Path) -> None:
    """Make the operating system write a file, or a directory's entries, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _seal(directory: Path) -> None:
    """Write every file's size and digest beside the files, and sync them all."""
    contents = {}
    for path in sorted(p for p in directory.rglob("*") if p.is_file()):
        contents[path.relative_to(directory).as_posix()] = _state(path)
        sync(path)
    (directory / _CONTENTS).write_text(json.dumps(contents, indent=2), encoding="utf-8")
    sync(directory / _CONTENTS)
    for folder in [directory, *(p for p in directory.rglob("*") if p.is_dir())]:
        sync(folder)


def is_complete(directory: Path) -> bool:
    """Return whether a directory still has every file as :func:`build_directory` wrote it."""
    try:
        contents = json.loads((directory / _CONTENTS).read_text(encoding="utf-8"))
        return all(_state(directory / name) == state for name, state in contents.items())
    except (OSError, ValueError, AttributeError):
        return False


def _state(path: Path) -> list[object]:
    size = path.stat().st_size
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if size <= _MAX_HASHED_BYTES else None
    return [size, digest]
