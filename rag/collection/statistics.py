"""What a collection counts, and how it is indexed."""

from __future__ import annotations

from dataclasses import dataclass

from rag.catalog.catalog import Catalog


@dataclass(frozen=True)
class LanguageCounts:
    """Of one language."""

    articles: int
    passages: int


@dataclass(frozen=True)
class StoryCounts:
    """Stories that several articles tell, and how many articles these are."""

    stories: int
    articles: int


@dataclass(frozen=True)
class LanguageIndex:
    """How the passages of one language are indexed; kind: of :mod:`rag.index.faiss_index`."""

    kind: str
    passages: int


@dataclass(frozen=True)
class IndexStatistics:
    """Of the generation on disk.

    Attributes:
        generation: its number; None where there is none.
        bytes: on disk.
        languages: by code.
        added: passages that came since it was written.
        removed: passages that went since.
    """

    generation: str | None
    bytes: int
    languages: dict[str, LanguageIndex]
    added: int
    removed: int


@dataclass(frozen=True)
class Statistics:
    """Of a collection.

    Attributes:
        model: that it was built with.
        languages: what there is, by code.
        stories: told in several places.
        bytes: of the catalog, on disk.
        index: on disk.
    """

    model: str
    languages: dict[str, LanguageCounts]
    stories: StoryCounts
    bytes: int
    index: IndexStatistics


def statistics(catalog: Catalog) -> Statistics:
    """Return what a collection counts; its index is read for it.

    Raises:
        CollectionDamaged: the catalog is not as it was stored.
    """
    from rag.index.live_index import LiveIndex

    index = LiveIndex(catalog.path.parent, catalog)
    generation = index.generation
    added, removed = index.stale()
    segments = generation.segments if generation else {}
    return Statistics(
        model=str(catalog.fingerprint()),
        languages={
            language: LanguageCounts(*counts) for language, counts in catalog.counts().items()
        },
        stories=StoryCounts(*catalog.told_twice()),
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
