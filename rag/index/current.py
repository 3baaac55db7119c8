"""The generation that CURRENT names: its manifest, whether it is damaged, and who wrote it.

The file CURRENT names the generation in use and holds its manifest's digest; the manifest holds the
digests of all other files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xxhash

from rag.catalog.settings import CatalogState

FORMAT = 7
"""Of generations that are written."""

_FORMATS = (3, 4, 5, 6, FORMAT)
"""Of generations that are read: up to 6 there are files of sentences, up to 5 of tokens too, and up
to 3 one of the index also where it is flat."""

CURRENT = "CURRENT"
FOLDER = "generations"
MANIFEST = "manifest.json"

_BLOCK = 4 * 1024 * 1024
"""Bytes of a file that are read at a time."""


class OtherFormat(ValueError):
    """A generation was written by another release; the next compaction writes it again."""


@dataclass(frozen=True)
class Current:
    """The content of CURRENT: a generation's folder and its manifest's digest."""

    directory: Path
    digest: str

    def manifest(self) -> dict[str, Any]:
        """Read the manifest.

        Raises:
            OSError: it cannot be read.
            OtherFormat: it has another format.
            ValueError: it is damaged.
        """
        path = self.directory / MANIFEST
        data = path.read_bytes()
        if xxhash.xxh3_128_hexdigest(data) != self.digest:
            raise ValueError(f"{path} does not have the digest in {CURRENT}")
        return _of_our_format(path, json.loads(data))


def damage(collection: Path) -> list[str]:
    """Return what is wrong with the current generation, one sentence each.

    Nothing is, if there is none, or if another release wrote it.
    """
    while True:
        named = read_current(collection)
        if named is None:
            path = collection / CURRENT
            unknown = path.exists() and not has_other_format(collection)
            return [f"{path} does not name a generation."] if unknown else []
        problems = damage_of(named)
        # A compaction may have replaced it meanwhile.
        if not problems or read_current(collection) == named:
            return problems


def current_state(collection: Path) -> CatalogState | None:
    """Return the catalog's state that the current generation was derived from.

    None if there is no generation, or if its manifest cannot be read.
    """
    named = read_current(collection)
    try:
        return None if named is None else state_of(named.manifest())
    except (OSError, ValueError):
        return None


def state_of(manifest: Mapping[str, Any]) -> CatalogState:
    """Return the catalog's state that a manifest states."""
    return CatalogState(manifest["identity"], manifest["revision"])


def damage_of(current: Current) -> list[str]:
    """Return what is wrong with a generation, as :func:`damage` does."""
    directory = current.directory
    try:
        files = current.manifest()["files"]
    except OtherFormat:
        return []
    except (OSError, ValueError) as error:
        return [f"{error}."]
    problems = []
    for name, digest in files.items():
        try:
            if digest_of(directory / name) != digest:
                problems.append(f"{directory / name} differs from what was written.")
        except OSError as error:
            problems.append(f"{directory / name} cannot be read ({error.strerror}).")
    return problems


def has_generations(collection: Path) -> bool:
    """Return whether a generation was ever written."""
    return (collection / FOLDER).is_dir()


def has_other_format(collection: Path) -> bool:
    """Return whether another release of Tamngu wrote the current generation, which is not used."""
    try:
        named = read_current(collection)
        if named is not None:
            named.manifest()
            return False
        # The first releases wrote no digest into CURRENT, and no identity into the manifest.
        number = (collection / CURRENT).read_text(encoding="ascii").strip()
        path = collection / FOLDER / number / MANIFEST
        if number.isdigit():
            manifest = json.loads(path.read_text(encoding="utf-8"))
            is_manifest = isinstance(manifest, dict) and "files" in manifest
            return is_manifest and manifest.get("format") not in _FORMATS
    except OtherFormat:
        return True
    except (OSError, ValueError):
        return False
    return False


def current_number(collection: Path) -> str | None:
    """Return the number of the generation that CURRENT names; None if it names none."""
    named = read_current(collection)
    return None if named is None else named.directory.name


def read_current(collection: Path) -> Current | None:
    """Return what CURRENT says; None if it names no generation."""
    try:
        number, digest = (collection / CURRENT).read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return None
    return Current(collection / FOLDER / number, digest) if number.isdigit() else None


def _of_our_format(path: Path, manifest: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return what a manifest holds.

    Raises:
        OtherFormat: it has another format.
        ValueError: it is no manifest.
    """
    if not isinstance(manifest, dict) or not {"identity", "revision", "files"} <= manifest.keys():
        raise ValueError(f"{path} is no manifest of a generation")
    if manifest.get("format") not in _FORMATS:
        raise OtherFormat(f"{path} has another format")
    return manifest


def digest_of(path: Path) -> str:
    """Return a file's 128-bit XXH3: it detects damage as reliably as SHA-256, far faster."""
    digest = xxhash.xxh3_128()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
