"""Directories in the cache that are there whole or not at all."""

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
_HASHED_UP_TO = 64 * 1024 * 1024
"""Files larger than this many bytes are checked by size alone: hashing them at every start would
take longer than reading them."""


def cache_home() -> Path:
    """Return the folder for what can be built again: ``TAMNGU_CACHE`` or the platform's own."""
    chosen = os.environ.get("TAMNGU_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("tamngu"))


def build_directory(directory: Path, write: Callable[[Path], None]) -> Path:
    """Return ``directory``, building it with ``write`` unless it is there and whole.

    ``write`` fills a sibling directory, which is synced and then renamed, so a crash at any moment
    leaves either nothing or everything; what an earlier crash left is removed. Two processes that
    need the same directory wait for each other.

    Raises:
        EncoderError: the cache cannot be written.
    """
    if is_whole(directory):
        return directory
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(directory.with_name(directory.name + ".lock")):
            if is_whole(directory):
                return directory
            for leftover in directory.parent.glob(directory.name + ".partial-*"):
                shutil.rmtree(leftover)
            shutil.rmtree(directory, ignore_errors=True)
            # Not made by tempfile: others who share the cache may read it.
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
            "Set TAMNGU_CACHE to a folder with room that can be written."
        ) from error
    return directory


def sync(path: Path) -> None:
    """Have the operating system write a file or a directory's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _seal(directory: Path) -> None:
    """Note every file's size and digest beside the files, and sync them all."""
    contents = {}
    for path in sorted(p for p in directory.rglob("*") if p.is_file()):
        contents[path.relative_to(directory).as_posix()] = _state(path)
        sync(path)
    (directory / _CONTENTS).write_text(json.dumps(contents, indent=2), encoding="utf-8")
    sync(directory / _CONTENTS)
    for folder in [directory, *(p for p in directory.rglob("*") if p.is_dir())]:
        sync(folder)


def is_whole(directory: Path) -> bool:
    """Tell whether a directory that :func:`build_directory` built has every file as it was."""
    try:
        contents = json.loads((directory / _CONTENTS).read_text(encoding="utf-8"))
        return all(_state(directory / name) == state for name, state in contents.items())
    except (OSError, ValueError, AttributeError):
        return False


def _state(path: Path) -> list[object]:
    size = path.stat().st_size
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if size <= _HASHED_UP_TO else None
    return [size, digest]
