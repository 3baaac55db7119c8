"""What is done whenever a collection is opened, wherever its catalog is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embeddings import Encoder
from embeddings.calibration.calibration import Calibration
from embeddings.calibration.store import calibration_for
from rag.catalog.catalog import Catalog
from rag.catalog.private_files import private_folder
from rag.errors import ModelMismatch, StorageError


@contextmanager
def closed_after_error(catalog: Catalog) -> Iterator[Catalog]:
    """Close a catalog if the block ends with an exception."""
    try:
        yield catalog
    except BaseException:
        catalog.close()
        raise


def create_folders(*folders: Path) -> None:
    """Create folders that the user alone can read, from the outermost on.

    Raises:
        StorageError: one of them cannot be created.
    """
    try:
        for folder in folders:
            private_folder(folder)
    except OSError as error:
        raise StorageError(
            f"Cannot create {folders[-1]}: {error.strerror}. Choose another --home."
        ) from error


def prepared(name: str, catalog: Catalog, encoder: Encoder) -> Calibration:
    """Return the calibration of an encoder; create the tables of a new catalog.

    Raises:
        ModelMismatch: the catalog was made with another model.
    """
    if not catalog.is_new:
        check_model(name, catalog, encoder)
    calibration = calibration_for(encoder)
    if catalog.is_new:
        tokens = calibration.tokens
        catalog.initialise(encoder.fingerprint, tokens.digest if tokens else "")
        # Another process may have created it first, with another model.
        check_model(name, catalog, encoder)
    return calibration


def check_model(name: str, catalog: Catalog, encoder: Encoder) -> None:
    """Check that a catalog was made with an encoder's model.

    Raises:
        ModelMismatch: it was made with another model; the message names both.
    """
    built_with = catalog.settings.fingerprint()
    if not built_with.matches(encoder.fingerprint):
        raise ModelMismatch(
            f"The collection {name!r} was built with {built_with}, not with "
            f"{encoder.fingerprint}: choose its model with --model, or rebuild the collection "
            f"with: tamngu collections reindex --collection {name} --model MODEL"
        )
