"""Find a model by its name, without loading it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from embeddings.options import PACKAGED_MODEL
from embeddings.packaged import model as packaged


@dataclass(frozen=True)
class ModelSource:
    """Where a model is loaded from.

    Attributes:
        given: the name as the user wrote it.
        name: the name in its fingerprint.
        identity: changes when the model changes; empty before a download, when it is unknown.
        revision: its version or commit; empty if it has none.
        weights: SHA-256 that stands for its parameters; None if it must be computed from them.
        commit: of a hub model that is on this machine, which is loaded without asking the hub.
    """

    given: str
    name: str
    identity: str
    revision: str = ""
    weights: str | None = None
    commit: str = ""

    def path(self) -> str:
        """Return the name or path for sentence-transformers; build the packaged model if needed.

        Raises:
            EncoderError: the packaged model cannot be built.
        """
        return str(packaged.prepare()) if self.given == PACKAGED_MODEL else self.given


def find_source(model: str) -> ModelSource:
    """Find a model: the packaged one, a folder, or a model on a hub."""
    if model == PACKAGED_MODEL:
        return ModelSource(
            model, packaged.NAME, packaged.IDENTITY, packaged.REVISION, weights=packaged.SHA256
        )
    folder = Path(model)
    if folder.is_dir():
        return ModelSource(model, model, _state(folder))
    revision = _downloaded_revision(model)
    identity = f"{model}@{revision}" if revision else ""
    return ModelSource(model, model, identity, revision, commit=revision)


def _state(folder: Path) -> str:
    """Return a digest of the names, sizes and times of a folder's files.

    The contents are not read, because that is slow.
    """
    digest = hashlib.sha256(str(folder.resolve()).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            state = path.stat()
            name = path.relative_to(folder).as_posix()
            digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _downloaded_revision(name: str) -> str:
    """Return the commit of a hub model that is on this machine, else an empty string."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    cache = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    # sentence-transformers looks for a name without an owner under its own name.
    for full in (name, f"sentence-transformers/{name}"):
        try:
            found = try_to_load_from_cache(full, "config.json", cache_dir=cache)
        except HFValidationError:
            continue
        if isinstance(found, str):
            return Path(found).parent.name
    return ""
