"""How much a collection holds, and how it is indexed."""

from __future__ import annotations

from dataclasses import dataclass

from rag.catalog.catalog import Catalog


@dataclass(frozen=True)
class LanguageCounts:
    """How much there is in one language."""

    articles: int
    passages: int


@dataclass(frozen=True)
class StoryCounts:
    """How many groups of near-duplicate articles there are, and how many articles are in one."""

    stories: int
    articles: int


@dataclass(frozen=True)
class LanguageIndex:
    """How the passages of one language are indexed.

    Attributes:
        kind: one of :data:`rag.index.faiss_kinds.KINDS`.
        passages: how many are indexed.
    """

    kind: str
    passages: int


@dataclass(frozen=True)
class IndexStatistics:
    """The generation on disk.

    Attributes:
        generation: its number; None if there is no generation.
        bytes: its size on disk.
        languages: its passages, by language code.
        added: how many passages have been stored since it was written.
        removed: how many of its passages have been deleted since.
    """

    generation: str | None
    bytes: int
    languages: dict[str, LanguageIndex]
    added: int
    removed: int


@dataclass(frozen=True)
class CollectionStatistics:
    """How much a collection holds, and how it is indexed.

    Attributes:
        model: the model that it was built with.
        languages: articles and passages, by language code.
        stories: groups of near-duplicate articles.
        bytes: the catalog's size on disk.
        index: the generation on disk.
    """

    model: str
    languages: dict[str, LanguageCounts]
    stories: StoryCounts
    bytes: int
    index: IndexStatistics


def statistics(catalog: Catalog) -> CollectionStatistics:
    """Count what a collection holds; this reads its index.

    Raises:
        CollectionDamaged: the catalog differs from what was stored.
    """
    if not catalog.is_local:
        return _on_cluster(catalog)
    from rag.index.live_index import LiveIndex

    index = LiveIndex(catalog.path.parent, catalog)
    generation = index.generation
    added, removed = index.stale()
    segments = generation.segments if generation else {}
    return CollectionStatistics(
        model=str(catalog.settings.fingerprint()),
        languages={
            language: LanguageCounts(*counts) for language, counts in catalog.counts().items()
        },
        stories=StoryCounts(*catalog.stories.counts()),
        bytes=catalog.size_bytes,
        index=IndexStatistics(
            generation=generation.number if generation else None,
            bytes=generation.bytes if generation else 0,
            languages={
                language: LanguageIndex(segment.index.kind, len(segment.keys))
                for language, segment in segments.items()
            },
            added=added,
            removed=removed,
        ),
    )


def _on_cluster(catalog: Catalog) -> CollectionStatistics:
    """Count what a collection on a cluster holds; Milvus is not asked."""
    rows = catalog.connections.rows(
        "SELECT is_stored, count(*) FROM outbox WHERE drained_at IS NULL GROUP BY 1"
    )
    waiting: dict[bool, int] = dict(rows)
    indexed = catalog.connections.rows(
        "SELECT language, passages FROM word_counts WHERE passages > 0 ORDER BY language"
    )
    return CollectionStatistics(
        model=str(catalog.settings.fingerprint()),
        languages={
            language: LanguageCounts(*counts) for language, counts in catalog.counts().items()
        },
        stories=StoryCounts(*catalog.stories.counts()),
        bytes=catalog.size_bytes,
        index=IndexStatistics(
            generation=None,
            bytes=0,
            languages={language: LanguageIndex("milvus", count) for language, count in indexed},
            added=waiting.get(True, 0),
            removed=waiting.get(False, 0),
        ),
    )
