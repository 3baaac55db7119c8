"""A folder of links, through which an index is opened that may be read-only."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

_MAX_REMOVALS = 100
"""How often a temporary folder is tried to be removed."""


@contextmanager
def temporary_view(directory: Path) -> Iterator[Path]:
    """Yield a temporary folder of links to an index's files.

    Tantivy writes a lock file beside the index even if it only reads. The lock file is written to
    this folder instead, so the index may be read-only. The index's files are memory-mapped when it
    is opened, and the links are not needed after that.
    """
    view = Path(mkdtemp(prefix="tamngu-"))
    try:
        for path in directory.resolve().iterdir():
            (view / path.name).symlink_to(path)
        yield view
    finally:
        _remove(view)


def _remove(folder: Path) -> None:
    """Remove a folder, into which a thread of Tantivy may write a lock file at the same time."""
    for _ in range(_MAX_REMOVALS):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.01)
