"""What can go wrong with a reader."""

from __future__ import annotations

from embeddings.errors import TamnguError


class ReaderError(TamnguError):
    """A reader cannot be found, prepared, loaded or reached."""
