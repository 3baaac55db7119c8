"""New articles are looked through for a saved question."""

from __future__ import annotations

import logging

from api.watching.questions import Due, Place, QuestionStore
from rag.answering.new_articles import MOST, NewAnswer, answers_among
from rag.collection.collection import Collection
from rag.errors import BadQuestion

_LOG = logging.getLogger("tamngu.api")


def look_through(collection: Collection, questions: QuestionStore, due: Due) -> int:
    """Look through the articles that are new for a question, and store which of them answer it.

    Returns:
        How many do.

    Raises:
        TamnguError: the collection cannot be read.
    """
    place, article_ids = new_articles(collection, due.place)
    if place == due.place:
        return 0
    found: list[NewAnswer] = []
    try:
        found += answers_among(collection, due.request, article_ids)
    except BadQuestion as error:
        _LOG.warning("The saved question %s cannot be asked: %s", due.id, error)
    questions.note(due.id, place, found)
    return len(found)


def place_of(collection: Collection) -> Place:
    """Return the place up to which a collection has articles now."""
    catalog = collection.catalog
    with catalog.reading():
        return Place(catalog.settings.identity(), catalog.passages.last_key())


def new_articles(collection: Collection, place: Place) -> tuple[Place, list[str]]:
    """Return the place up to which there are articles, and those after an earlier place.

    After a collection was made again with another model, no article counts as new: all have other
    keys.
    """
    catalog = collection.catalog
    with catalog.reading():
        identity = catalog.settings.identity()
        if identity != place.identity:
            return Place(identity, catalog.passages.last_key()), []
        through, ids = catalog.passages.articles_after(place.through, MOST)
        return Place(identity, through), ids
