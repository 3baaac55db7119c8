"""Checking, upgrading and compacting a collection, wherever its indexes are."""

from __future__ import annotations

from contextlib import suppress

from rag.catalog.catalog import Catalog
from rag.catalog.older_passages import rewrite_older_passages
from rag.collection.check import CheckReport, OnArticles, check
from rag.collection.compaction import compact
from rag.collection.lock import writing_to
from rag.errors import CollectionBusy
from rag.index.generation import OnPassages


def check_collection(catalog: Catalog, on_articles: OnArticles = lambda _: None) -> CheckReport:
    """Read everything in a collection and report what is wrong; change nothing.

    Args:
        catalog: the collection's catalog.
        on_articles: called with the number of articles checked since the last call.

    Raises:
        ClusterUnavailable: a part of the cluster does not answer.
    """
    if catalog.is_local:
        return check(catalog.path.parent, catalog, on_articles)
    from rag.collection.cluster_check import check_on_cluster

    return check_on_cluster(catalog, on_articles)


def upgrade_passages(catalog: Catalog, on_passages: OnPassages = lambda _: None) -> None:
    """Rewrite all passages that earlier releases stored; see :mod:`rag.catalog.older_passages`.

    Then the catalog's file gets smaller, unless another process is writing.

    Args:
        catalog: the collection's catalog.
        on_passages: called with the number of passages done since the last call.

    Raises:
        CollectionDamaged: a passage differs from what was stored.
        StorageError: the catalog cannot be written.
    """
    rewrite_older_passages(catalog.connections, on_passages=on_passages)
    with suppress(CollectionBusy), writing_to(catalog):
        catalog.shrink()


def compact_collection(catalog: Catalog, on_passages: OnPassages = lambda _: None) -> None:
    """Bring a collection's indexes to the state of its catalog.

    On one machine they are written anew. On a cluster, Milvus is told of what it lacks, and of what
    it holds too much.

    Args:
        catalog: the collection's catalog.
        on_passages: called with the number of passages done since the last call.

    Raises:
        CollectionBusy: another process is compacting.
        StorageError: the indexes cannot be written.
        ClusterUnavailable: a part of the cluster does not answer.
    """
    if catalog.is_local:
        compact(catalog.path.parent, catalog, on_passages)
        return
    from rag.collection.cluster_check import compact_on_cluster

    compact_on_cluster(catalog, on_passages)
