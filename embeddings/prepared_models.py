"""List the models that were compiled on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from embeddings.cache import cache_home, is_complete
from embeddings.errors import CannotCompile
from embeddings.openvino.model_directory import DESCRIPTION_FILE, ModelDescription


@dataclass(frozen=True)
class PreparedModel:
    """A compiled model's directory in the cache.

    Attributes:
        source: name or path of the model.
        directory: its path.
        bytes: its size on the disk.
        compiled: its description; None if it could not be compiled or is damaged.
        problem: why it cannot be used; empty if it can.
    """

    source: str
    directory: Path
    bytes: int
    compiled: ModelDescription | None
    problem: str


def prepared_models() -> Iterator[PreparedModel]:
    """Yield the compiled models in the cache, by name."""
    for directory in sorted((cache_home() / "compiled").glob("*")):
        if directory.is_dir() and ".partial-" not in directory.name:
            try:
                model = describe(directory)
            except FileNotFoundError:
                # Another process removed it in the meantime.
                continue
            yield model


def describe(directory: Path) -> PreparedModel:
    """Describe one directory that :func:`embeddings.load.prepare` made."""
    size = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    if not is_complete(directory):
        return PreparedModel("?", directory, size, None, "damaged; its next use makes it again")
    try:
        compiled = ModelDescription.read(directory)
    except CannotCompile as error:
        source = _source(directory)
        return PreparedModel(source, directory, size, None, f"runs on torch, because {error}")
    except (TypeError, KeyError, ValueError):
        return PreparedModel("?", directory, size, None, "made by another version of Tamngu")
    return PreparedModel(compiled.source, directory, size, compiled, "")


def _source(directory: Path) -> str:
    return str(json.loads((directory / DESCRIPTION_FILE).read_text(encoding="utf-8"))["source"])
