"""Waiting until Milvus has indexed what it was told."""

from __future__ import annotations

import time

from pymilvus import MilvusClient
from pymilvus.client.types import LoadedSegmentInfo

from tamngu.cli.terminal import echo
from tests.waiting import PATIENCE_S

_LEAST_INDEXED = 1024
"""Passages from which on Milvus indexes a segment."""

_LOOK_S = 1.0


def wait_until_indexed(address: str, name: str, passages: int) -> None:
    """Return when Milvus has indexed everything, and its query nodes hold the indexes.

    Args:
        address: of Milvus.
        name: of the collection there.
        passages: that it holds.
    """
    begun = time.monotonic()
    client = MilvusClient(address, timeout=10 * PATIENCE_S)
    client.flush(name)
    while True:
        time.sleep(_LOOK_S)
        stated = client.describe_index(name, "vector")
        loaded = client.list_loaded_segments(name)
        held = sum(segment.num_rows for segment in loaded)
        if stated["pending_index_rows"] == 0 and held >= passages and all(map(_is_indexed, loaded)):
            break
    client.close()
    echo(f"Indexed {time.monotonic() - begun:.0f} s later, in {len(loaded)} segments.")


def _is_indexed(segment: LoadedSegmentInfo) -> bool:
    if segment.state_name != "Sealed":
        return False
    return bool(segment.index_name) or segment.num_rows < _LEAST_INDEXED
