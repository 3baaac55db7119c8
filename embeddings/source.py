"""Find a model by its name, without loading it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from embeddings.options import PACKAGED_MODEL
from embeddings.packaged import model as packaged

_HUB_TIMEOUT_S = 10.0
"""Seconds to wait for the hub. Chosen manually, not tuned."""


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
    # Path.is_dir raises an error for a name that is too long for a file.
    if os.path.isdir(model):
        return ModelSource(model, model, _state(Path(model)))
    revision = _downloaded_revision(model)
    identity = f"{model}@{revision}" if revision else ""
    return ModelSource(model, model, identity, revision, commit=revision)


def why_missing(source: ModelSource) -> str | None:
    """Return why a model cannot be loaded, as far as that is known before it is tried.

    None: it is on this machine, or the hub has it. The client of the hub tries for more than a
    minute if there is no network, so it is asked once here, before anything heavy is loaded.
    """
    if source.identity:
        return None
    name = source.given
    if name.startswith((".", "/", "~")) or "\\" in name:
        return "there is no such folder"
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HFValidationError, RepositoryNotFoundError

    for full in _names_on_hub(name)[: 1 if "/" in name else 2]:
        try:
            HfApi().model_info(full, timeout=_HUB_TIMEOUT_S)
        except HFValidationError:
            return "it is neither a folder nor a name of the hub"
        except RepositoryNotFoundError:
            continue
        except Exception as error:
            # The client raises the errors of several libraries.
            reason = type(error).__name__
            return f"it is not on this machine, and the hub cannot be reached ({reason})"
        return None
    return "there is no such folder, and no such model on the hub"


def _names_on_hub(name: str) -> tuple[str, ...]:
    """Return the names under which sentence-transformers looks for a model, in order."""
    return name, f"sentence-transformers/{name}"


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
    for full in _names_on_hub(name):
        try:
            found = try_to_load_from_cache(full, "config.json", cache_dir=cache)
        except HFValidationError:
            continue
        if isinstance(found, str):
            return Path(found).parent.name
    return ""
