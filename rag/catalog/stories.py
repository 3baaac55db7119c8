"""A catalog's stories: groups of near-duplicate articles, each group under one number."""

from __future__ import annotations

from collections.abc import Sequence

from rag.catalog.connections import Connections


class Stories:
    """The stories of an open catalog; :mod:`rag.catalog.story_updates` keeps them up to date."""

    def __init__(self, connections: Connections) -> None:
        """Read from a catalog's connections."""
        self._connections = connections

    def of_articles(self, article_ids: Sequence[str]) -> dict[str, int]:
        """Return the story of each of the articles that has near-duplicates, by article id."""
        query = "SELECT id, story FROM articles WHERE id IN (%s) AND story IS NOT NULL"
        return dict(self._connections.rows_in(query, article_ids))

    def articles_of(self, stories: Sequence[int]) -> dict[int, list[str]]:
        """Return the ids of each story's articles, sorted."""
        articles: dict[int, list[str]] = {}
        query = "SELECT story, id FROM articles WHERE story IN (%s) ORDER BY id"
        for story, article_id in self._connections.rows_in(query, stories):
            articles.setdefault(story, []).append(article_id)
        return articles

    def counts(self) -> tuple[int, int]:
        """Return how many stories there are, and how many articles belong to one."""
        query = "SELECT count(DISTINCT story), count(story) FROM articles"
        stories, articles = self._connections.rows(query)[0]
        return stories, articles
