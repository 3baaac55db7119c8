"""From a model's name to where it lies, without loading it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from embeddings.packaged import model as packaged

PACKAGED_MODEL = "packaged"
"""The name that stands for the model that comes with the installation."""


@dataclass(frozen=True)
class Source:
    """A model that can be loaded.

    Attributes:
        given: as the person named it.
        name: what its fingerprint calls it.
        identity: changes when the model does; empty while that is unknown, before a download.
        revision: its version or commit, where it has one.
        weights: SHA-256 that stands for its parameters; None: computed from them.
        commit: of a hub's model that is on this machine; it is loaded without asking the hub.
    """

    given: str
    name: str
    identity: str
    revision: str = ""
    weights: str | None = None
    commit: str = ""

    def path(self) -> str:
        """Return what sentence-transformers loads; the packaged model is built for it if need be.

        Raises:
            EncoderError: the packaged model cannot be built.
        """
        return str(packaged.prepare()) if self.given == PACKAGED_MODEL else self.given


def find_source(model: str) -> Source:
    """Look for a model: the packaged one, a folder, or a name on a hub."""
    if model == PACKAGED_MODEL:
        return Source(
            model, packaged.NAME, packaged.IDENTITY, packaged.REVISION, weights=packaged.SHA256
        )
    folder = Path(model)
    if folder.is_dir():
        return Source(model, model, _state(folder))
    revision = _downloaded_revision(model)
    identity = f"{model}@{revision}" if revision else ""
    return Source(model, model, identity, revision, commit=revision)


def _state(folder: Path) -> str:
    """Return a digest of the names, sizes and times of a folder's files; reading them is slow."""
    digest = hashlib.sha256(str(folder.resolve()).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            state = path.stat()
            name = path.relative_to(folder).as_posix()
            digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _downloaded_revision(name: str) -> str:
    """Return the commit of a hub's model that is on this machine, else nothing."""
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    cache = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    # sentence-transformers looks for names without an owner under its own.
    for full in (name, f"sentence-transformers/{name}"):
        try:
            found = try_to_load_from_cache(full, "config.json", cache_dir=cache)
        except HFValidationError:
            continue
        if isinstance(found, str):
            return Path(found).parent.name
    return ""
