"""Changes to what is known about a stored article; its text stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rag.collection.collection import Collection
from rag.errors import CollectionBusy
from rag.ingestion.encoding import chunk_article, encode_articles
from rag.records.new_article import make_article
from rag.records.passage import EncodedArticle
from tamngu.records.article import Article

EDITABLE = ("title", "language", "url", "source", "published_at", "authors", "tags")
"""Fields of an article that can be changed without its text."""


def edit(
    collection: Collection,
    article_id: str,
    changes: Mapping[str, Any],
    check: Callable[[], object] = lambda: None,
) -> Article | None:
    """Change what is known about an article; nothing is encoded unless its language changes.

    The article keeps its file: an ingest reads it anew only when the file has changed.

    Args:
        collection: that holds it.
        article_id: of the article.
        changes: new values of fields in :data:`EDITABLE`, as
            :func:`rag.records.new_article.make_article` takes them.
        check: called when no other process can write; an error that it raises ends the change.

    Returns:
        The article as it is now; None if it is not stored.

    Raises:
        CollectionBusy: another process is writing.
        ValueError: a value is not valid; the message says which.
    """
    with collection.writing():
        check()
        settings = collection.catalog.settings
        with collection.catalog.reading():
            identity = settings.identity()
            stored = collection.catalog.articles.get(article_id)
            if stored is None:
                return None
            edited = _edited(stored, changes)
            if edited == stored:
                return stored
            encoded = _encoded(collection, stored, edited)

        def check_passages() -> None:
            collection.check_model()
            if settings.identity() != identity:
                raise CollectionBusy("The collection was encoded again meanwhile: try again.")

        collection.catalog.replace(encoded, check_passages)
        collection.save()
    return edited


def _edited(stored: Article, changes: Mapping[str, Any]) -> Article:
    """Return an article with changes, its values in the form in which articles are stored.

    Raises:
        ValueError: a value is not valid.
    """
    if "title" in changes and not str(changes["title"]).strip():
        raise ValueError("its title is empty")
    language = changes.get("language")
    made = make_article(
        # The language that is not given is not looked for in a long text.
        stored.text if language else stored.text[:1],
        key=stored.id,
        **{"language": stored.language, **changes},
    )
    changed = {name: getattr(made, name) for name in changes}
    if language:
        changed["script"] = made.script
    return replace(stored, **changed)


def _encoded(collection: Collection, stored: Article, edited: Article) -> EncodedArticle:
    """Return an edited article with its passages."""
    if edited.language != stored.language:
        chunked = chunk_article(collection.encoder, edited)
        return encode_articles(collection.encoder, [chunked], collection.calibration)[0]
    passages = collection.catalog.passages
    keys = passages.keys_of([stored.id]).tolist()
    return EncodedArticle(edited, passages.encoded(keys))
