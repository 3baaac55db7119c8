"""The folder of all collections, and the folder of each."""

from __future__ import annotations

import os
import re
from pathlib import Path

import platformdirs

from rag.errors import BadCollectionName, CollectionNotFound

DEFAULT_COLLECTION = "default"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def default_home() -> Path:
    """Return ``TAMNGU_HOME``, or else the platform's folder for a user's data."""
    home = os.environ.get("TAMNGU_HOME")
    return Path(home) if home else Path(platformdirs.user_data_dir("tamngu"))


def collection_directory(home: Path, name: str) -> Path:
    """Return the folder of a collection, whether it exists or not.

    Raises:
        BadCollectionName: the name could lead out of the home, or cannot name a folder.
    """
    if not _NAME.fullmatch(name):
        raise BadCollectionName(
            f"{name[:64]!r} cannot name a collection: use up to 64 of A-Z a-z 0-9 . _ - "
            "and start with a letter or a digit."
        )
    return home / "collections" / name


def existing_directory(home: Path, name: str) -> Path:
    """Return the folder of an existing collection.

    Raises:
        CollectionNotFound: the home has no collection of that name.
        BadCollectionName: the name cannot name a collection.
    """
    directory = collection_directory(home, name)
    if not os.path.isfile(directory / "catalog.db"):
        existing = ", ".join(collection_names(home)) or "no collection yet"
        raise CollectionNotFound(
            f"There is no collection {name!r}.",
            f"{home} has {existing}. Create it with: tamngu ingest PATH --collection {name}",
        )
    return directory


def collection_names(home: Path) -> list[str]:
    """Return the names of all collections under the home, sorted."""
    return sorted(path.parent.name for path in home.glob("collections/*/catalog.db"))
