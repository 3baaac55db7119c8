"""``tamngu ingest --ray``: the nodes of a Ray cluster read and encode the files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from rag.ingestion.file_changes import total_bytes
from rag.ingestion.on_ray import ingest_on_ray
from tamngu.cli.progress import progress_bar

if TYPE_CHECKING:
    from rag.collection.collection import Collection
    from rag.ingestion.ray_steps import Work
    from tamngu.records.ingest_report import IngestReport


def ingest_on_nodes(
    collection: Collection,
    files: list[tuple[Path, Path]],
    work: Work,
    address: str,
    *,
    prune: bool,
) -> IngestReport:
    """Ingest (root, file) pairs on the nodes, and show progress in bytes."""
    with _quiet_libraries(), progress_bar(total_bytes(files), "B", "Ingesting") as bar:
        return ingest_on_ray(collection, files, work, address, prune=prune, on_bytes=bar.update)


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Let only our own messages be written inside the block, and those to standard error.

    Ray's library in C++ writes there what concerns Ray's own programmers, and Ray itself prints, in
    the midst of our output, that a process has died. Neither can be told not to.
    """
    ours = sys.stderr
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    sys.stderr = os.fdopen(os.dup(kept), "w", encoding=ours.encoding, errors=ours.errors)
    try:
        with redirect_stdout(StringIO()):
            yield
    finally:
        sys.stderr.close()
        sys.stderr = ours
        os.dup2(kept, 2)
        os.close(kept)
