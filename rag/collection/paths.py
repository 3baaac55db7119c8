"""The folder of all collections, and the folder of each."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import platformdirs

from rag.errors import BadCollectionName, CollectionNotFound

if TYPE_CHECKING:
    from rag.catalog.catalog import Catalog
    from rag.cluster.cluster import Cluster

Home: TypeAlias = "Path | Cluster"
"""Where collections are: a folder of this machine, or a cluster."""

DEFAULT_COLLECTION = "default"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def default_home() -> Path:
    """Return ``TAMNGU_HOME``, or else the platform's folder for a user's data."""
    home = os.environ.get("TAMNGU_HOME")
    return Path(home) if home else Path(platformdirs.user_data_dir("tamngu"))


def checked_name(name: str) -> str:
    """Return the name of a collection.

    Raises:
        BadCollectionName: it could lead out of the home, or cannot name a folder.
    """
    if not _NAME.fullmatch(name):
        raise BadCollectionName(
            f"{name[:64]!r} cannot name a collection: use up to 64 of A-Z a-z 0-9 . _ - "
            "and start with a letter or a digit."
        )
    return name


def collection_directory(home: Path, name: str) -> Path:
    """Return the folder of a collection, whether it exists or not.

    Raises:
        BadCollectionName: the name could lead out of the home, or cannot name a folder.
    """
    return home / "collections" / checked_name(name)


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


def ensure_collection(home: Home, name: str) -> None:
    """Check that a collection exists.

    Raises:
        CollectionNotFound: the home has no collection of that name.
        BadCollectionName: the name cannot name a collection.
    """
    if isinstance(home, Path):
        existing_directory(home, name)
    else:
        home.ensure_collection(checked_name(name))


def open_catalog(home: Home, name: str) -> Catalog:
    """Open the catalog of an existing collection, without its indexes.

    Raises:
        CollectionNotFound: the home has no collection of that name, or it holds nothing yet.
        BadCollectionName: the name cannot name a collection.
    """
    # The command line reads this module, and most commands open no catalog.
    from rag.catalog.catalog import Catalog

    catalog = (
        Catalog(existing_directory(home, name) / "catalog.db")
        if isinstance(home, Path)
        else home.open_catalog(checked_name(name))
    )
    if catalog.is_new:
        raise CollectionNotFound(f"The collection {name!r} holds nothing yet. Ingest again.")
    return catalog


def collection_names(home: Home) -> list[str]:
    """Return the names of all collections of a home, sorted."""
    if not isinstance(home, Path):
        return home.names()
    return sorted(path.parent.name for path in home.glob("collections/*/catalog.db"))
