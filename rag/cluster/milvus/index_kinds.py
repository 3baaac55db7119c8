"""How Milvus finds vectors: the kinds of its indexes, and which is taken when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.cluster.settings import ClusterSettings

_MANY = 20_000_000
"""Passages from which on vectors are stored in one byte a dimension, unless the settings say
otherwise: those of a graph would need 2 KB of memory a passage. Chosen manually, not tuned."""

INDEXES: Mapping[str, Mapping[str, Any]] = {
    "flat": {"index_type": "FLAT"},
    "hnsw": {"index_type": "HNSW", "params": {"M": 24, "efConstruction": 200}},
    "ivf_flat": {"index_type": "IVF_FLAT", "params": {"nlist": 1024}},
    "ivf_sq8": {"index_type": "IVF_SQ8", "params": {"nlist": 4096}},
    "scann": {"index_type": "SCANN", "params": {"nlist": 1024, "with_raw_data": True}},
}
"""By the settings' names. Parameters chosen manually; see docs/cluster.md for what was measured."""


_PROBED = 128
"""Lists of a segment that are compared. Chosen manually, not tuned; docs/cluster.md says what 64
and 128 found."""

_MOST_LISTS = 4096
"""The most lists that an index has here."""


def lists_probed(matching: int, held: int) -> int:
    """Return how many lists of an index by lists a search compares.

    A filter leaves few passages in each, so more lists are compared, with as many passages in all.

    Args:
        matching: passages that meet the filter.
        held: passages among which Milvus looks for them.
    """
    return min(_MOST_LISTS, _PROBED * max(1, held) // max(1, matching))


def index_kind(settings: ClusterSettings, passages: int) -> str:
    """Return the kind of index for about a number of passages, by its name in the settings."""
    if settings.index != "auto":
        return settings.index
    return "hnsw" if passages < _MANY else "ivf_sq8"
