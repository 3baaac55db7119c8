"""A small disk that can be filled."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SmallDisk:
    """A mounted file system.

    Attributes:
        path: where it is mounted.
    """

    path: Path

    def free(self) -> int:
        """Return how many bytes are free."""
        status = os.statvfs(self.path)
        return status.f_bavail * status.f_frsize

    def fill(self, *, left: int) -> None:
        """Leave so many bytes of it free."""
        size = self.free() - left
        assert size > 0
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)

    def clear(self) -> None:
        """Free what :meth:`fill` has taken."""
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self.path / "ballast"
