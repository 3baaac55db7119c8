"""An ingest that Ray Data spreads over the machines of a cluster.

One machine's ingest, in parts: any node reads a group of files, any node stores some of the
articles. Articles have ids and stored ones are known by their content, so what a killed process did
twice has no effect twice.
"""

from __future__ import annotations

import logging
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from embeddings.errors import TamnguError
from rag.collection.collection import Collection
from rag.ingestion.file_changes import SeenItems, missing_articles
from rag.ingestion.ray_steps import (
    FileGroup,
    ReadFile,
    Store,
    StoredPart,
    Work,
    packed,
    read_group,
    unpacked,
)
from rag.readers.files import file_size
from rag.readers.repeated_in_folder import page_folders, sample_of
from tamngu.records.ingest_report import IngestReport

_GROUP_FILES, _GROUP_BYTES = 64, 16 * 2**20
"""Files, and their bytes, that a node reads in one go. Chosen manually, not tuned: a larger file is
a group of its own, and its first articles are stored while it is read."""

_BLOCK_BYTES = 128 * 2**10
"""Bytes of articles that a node stores in one go: some batches of passages, so that a process that
is killed costs little, and Ray's own work for each stays small. Chosen manually, not tuned."""

_READING = 0.5
"""Processors that reading takes of Ray. It has to be another number than encoding takes: else Ray
lets one process do both for the same articles, and a large file would be one node's."""

_CONNECT_S = 5.0
"""Seconds until an address counts as one that does not answer."""

_NOTED_AT_ONCE = 256
"""Files that are noted as read in one transaction."""


class RayUnavailable(TamnguError):
    """Ray is not installed, does not answer, or has ended the ingest."""


def ingest_on_ray(
    collection: Collection,
    files: Sequence[tuple[Path, Path]],
    work: Work,
    address: str,
    *,
    prune: bool = False,
    on_bytes: Callable[[int], object] = lambda _: None,
) -> IngestReport:
    """Store the articles of files in a collection of a cluster, on the nodes of a Ray cluster.

    Every node must see the files under the same paths. Where two articles have one id, either may
    stay.

    Args:
        collection: open on the cluster of ``work``.
        files: pairs of a root and a file.
        work: what the nodes have to know.
        address: of Ray: HOST:PORT, or ray://HOST:PORT for a machine outside it.
        prune: as :func:`rag.ingestion.pipeline.ingest_files` takes it.
        on_bytes: called with the approximate number of bytes stored since the last call.

    Raises:
        RayUnavailable: Ray is missing, does not answer, or has given up.
        TamnguError: what a node met; the stored batches are durable.
    """
    started = time.perf_counter()
    files = [(root.absolute(), file.absolute()) for root, file in files]
    progress = _Progress(collection, on_bytes)
    with _connected(address):
        for part in _parts(_groups(files), work):
            progress.take(part)
    progress.note_files(0)
    report = progress.report
    if prune:
        roots = {root.resolve() for root, _ in files}
        missing = missing_articles(collection.catalog, roots, progress.seen)
        report.removed = collection.catalog.delete_many(missing)
    collection.save()
    report.took_s = round(time.perf_counter() - started, 3)
    return report


@dataclass
class _Progress:
    """What has been stored, and which files may be noted as read.

    Attributes:
        report: the numbers so far.
        seen: the articles and files so far.
    """

    collection: Collection
    on_bytes: Callable[[int], object]
    report: IngestReport = field(default_factory=IngestReport)
    seen: SeenItems = field(default_factory=SeenItems)
    _stored: Counter[str] = field(default_factory=Counter)
    _bytes: Counter[str] = field(default_factory=Counter)
    _open: dict[str, ReadFile] = field(default_factory=dict)
    _digests: dict[str, str] = field(default_factory=dict)

    def take(self, part: StoredPart) -> None:
        """Add what a node has stored."""
        self.report += part.report
        self.seen.article_ids.update(part.ids)
        self._stored.update(part.articles)
        self._bytes.update(part.text_bytes)
        self.on_bytes(part.text_bytes.total())
        self._open.update({each.end.path: each for each in part.ends})
        for path in [*part.articles, *(each.end.path for each in part.ends)]:
            file = self._open.get(path)
            if file is not None and self._stored[path] >= file.articles:
                self._close(self._open.pop(path))
        self.note_files(_NOTED_AT_ONCE)

    def _close(self, file: ReadFile) -> None:
        """Take the end of a file of which everything is stored."""
        end = file.end
        self.seen.note(end)
        self.report.unchanged += end.unchanged or 0
        self.on_bytes(max(0, file.size - self._bytes.pop(end.path, 0)))
        self._stored.pop(end.path, None)
        if end.digest is not None:
            self._digests[end.path] = end.digest

    def note_files(self, most: int) -> None:
        """Let the next ingest pass over what is closed, if there is more than a number of files."""
        if len(self._digests) > most:
            self.collection.catalog.set_origins({}, self._digests)
            self._digests = {}


def _groups(files: Sequence[tuple[Path, Path]]) -> Iterator[FileGroup]:
    """Yield all files in groups; what pages share is learnt from the same pages in each group."""
    samples = {
        folder: sample_of(pages)
        for folder, pages in page_folders(file for _, file in files).items()
    }

    def group(some: Sequence[tuple[Path, Path]]) -> FileGroup:
        folders = dict.fromkeys(file.parent for _, file in some)
        beside = [page for folder in folders for page in samples.get(folder, ())]
        return FileGroup(some, beside)

    some: list[tuple[Path, Path]] = []
    size = 0
    for root, file in files:
        some.append((root, file))
        size += file_size(file)
        if len(some) >= _GROUP_FILES or size >= _GROUP_BYTES:
            yield group(some)
            some, size = [], 0
    if some:
        yield group(some)


def ensure_ray(address: str) -> None:
    """Check that Ray can be used.

    Raises:
        RayUnavailable: it is not installed, or the address does not answer.
    """
    if not find_spec("ray") or not find_spec("pyarrow"):
        raise RayUnavailable(
            "Install what --ray needs, here and on all nodes: pip install 'tamngu[ray]'."
        )
    host, _, port = address.removeprefix("ray://").rpartition(":")
    # Ray itself tries for a minute, and then ends the process.
    try:
        socket.create_connection((host, int(port)), _CONNECT_S).close()
    except (OSError, ValueError, OverflowError) as error:
        raise RayUnavailable(
            f"Ray does not answer at {address} ({error}): name its address as HOST:PORT, or start "
            "it with: ray start --head"
        ) from error


@contextmanager
def _connected(address: str) -> Iterator[None]:
    """Be a job of a Ray cluster; it ends with the block, and with this process."""
    ensure_ray(address)
    import ray

    try:
        ray.init(address=address, logging_level="ERROR", log_to_driver=False)
    except Exception as error:
        raise RayUnavailable(f"Ray cannot be used at {address}: {_line(error)}.") from error
    try:
        yield
    finally:
        ray.shutdown()


def _parts(groups: Iterable[FileGroup], work: Work) -> Iterator[StoredPart]:
    """Yield what the nodes store, as soon as they have."""
    import ray
    import ray.data

    processors = int(ray.cluster_resources().get("CPU", 0))
    if processors < 2:
        raise RayUnavailable("Ray has fewer than two processors: one reads, the others encode.")
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.target_max_block_size = _BLOCK_BYTES
    # It writes of every error, beside raising it.
    logging.getLogger("ray.data").setLevel(logging.CRITICAL + 1)
    tables = [packed([group]) for group in groups]
    parts = (
        ray.data.from_arrow(tables)
        .map_batches(
            partial(read_group, work=work),
            batch_format="pyarrow",
            batch_size=None,
            num_cpus=_READING,
        )
        .map_batches(
            Store,
            fn_constructor_args=(work, 1),
            batch_format="pyarrow",
            batch_size=None,
            compute=ray.data.ActorPoolStrategy(min_size=1, max_size=processors - 1),
            num_cpus=1,
        )
    )
    try:
        for table in parts.iter_batches(
            batch_size=None, batch_format="pyarrow", prefetch_batches=0
        ):
            yield from unpacked(table)
    except ray.exceptions.RayError as error:
        raise _ours(error) from error


def _ours(error: BaseException) -> TamnguError:
    """Return what a node met: our own error, or what Ray says."""
    from ray.exceptions import RayError

    cause: Any = error
    while cause is not None:
        # Ray's own error is also of the class of the error that it comes from.
        if isinstance(cause, TamnguError) and not isinstance(cause, RayError):
            # Ray adds lines about its own retries to the message.
            cause.args = (str(cause).splitlines()[0], *cause.args[1:])
            return cause
        cause = getattr(cause, "cause", None) or cause.__cause__
    return RayUnavailable(
        f"Ray has ended the ingest, and what was stored is kept: {_line(error)}. Run it again."
    )


def _line(error: BaseException) -> str:
    """Return the last line of what an error says."""
    said = str(error).strip() or type(error).__name__
    return said.splitlines()[-1][:200].rstrip(".")
