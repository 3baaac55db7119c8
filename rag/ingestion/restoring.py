"""Deleted articles come back from the trash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.collection.collection import Collection
from rag.ingestion.encoding import chunk_article, encode_articles
from rag.records.passage import EncodedArticle


@dataclass(frozen=True)
class NotRestored:
    """An article that was not restored, and the reason as a sentence."""

    id: str
    reason: str


@dataclass(frozen=True)
class RestoreReport:
    """What was restored.

    Attributes:
        restored: ids of articles that are found again.
        missing: the others.
    """

    restored: tuple[str, ...]
    missing: tuple[NotRestored, ...]


def restore(collection: Collection, article_ids: Sequence[str]) -> RestoreReport:
    """Restore deleted articles; nothing is encoded unless the collection was reindexed since.

    Raises:
        CollectionBusy: another process is writing.
    """
    catalog = collection.catalog
    restored: list[str] = []
    missing: list[NotRestored] = []
    with collection.writing():
        for article_id in dict.fromkeys(article_ids):
            trashed = catalog.trash.get(article_id)
            if trashed is None:
                missing.append(NotRestored(article_id, "It is not in the trash."))
            elif catalog.articles.stored_id(article_id) is not None:
                reason = "An article of this id was stored since it was deleted."
                missing.append(NotRestored(article_id, reason))
            else:
                entry = EncodedArticle(trashed.article, trashed.passages, trashed.origin)
                if not trashed.passages:
                    chunked = chunk_article(collection.encoder, trashed.article, trashed.origin)
                    (entry,) = encode_articles(
                        collection.encoder, [chunked], collection.calibration
                    )
                collection.put([entry])
                catalog.forget_trashed(article_id)
                restored.append(article_id)
        collection.save()
    return RestoreReport(tuple(restored), tuple(missing))
