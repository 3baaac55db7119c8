"""The models that were compiled on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embeddings.cache import cache_home, is_whole
from embeddings.errors import CannotCompile
from embeddings.openvino.compiled import DESCRIPTION_FILE, Compiled


@dataclass(frozen=True)
class PreparedModel:
    """A directory in the cache.

    Attributes:
        source: name or path of the model.
        directory: where it lies.
        bytes: what it takes on the disk.
        compiled: its description; None when it cannot be compiled or is damaged.
        problem: why it cannot be used, empty when it can.
    """

    source: str
    directory: Path
    bytes: int
    compiled: Compiled | None
    problem: str


def prepared_models() -> Iterator[PreparedModel]:
    """Yield what is in the cache, by name."""
    for directory in sorted((cache_home() / "compiled").glob("*")):
        if directory.is_dir() and ".partial-" not in directory.name:
            try:
                model = describe(directory)
            except FileNotFoundError:
                # Another process has removed it meanwhile.
                continue
            yield model


def describe(directory: Path) -> PreparedModel:
    """Describe one directory that :func:`embeddings.load.prepare` made."""
    size = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    if not is_whole(directory):
        return PreparedModel("?", directory, size, None, "damaged; made again at its next use")
    try:
        compiled = Compiled.read(directory)
    except CannotCompile as error:
        source = _source(directory)
        return PreparedModel(source, directory, size, None, f"runs on torch, as {error}")
    except (TypeError, KeyError, ValueError):
        return PreparedModel("?", directory, size, None, "of another version of Tamngu")
    return PreparedModel(compiled.source, directory, size, compiled, "")


def _source(directory: Path) -> str:
    return str(json.loads((directory / DESCRIPTION_FILE).read_text(encoding="utf-8"))["source"])
