"""A catalog's stories: groups of near-duplicate articles, each group under one number."""

from __future__ import annotations

from collections.abc import Sequence

from rag.catalog.database import Database
from tamngu.records.hit import OtherPlace


class Stories:
    """The stories of an open catalog; :mod:`rag.catalog.story_updates` keeps them up to date."""

    def __init__(self, connections: Database) -> None:
        """Read from a catalog's connections."""
        self._connections = connections

    def of_articles(self, article_ids: Sequence[str]) -> dict[str, int]:
        """Return the story of each of the articles that has near-duplicates, by article id."""
        query = "SELECT id, story FROM articles WHERE id IN (%s) AND story IS NOT NULL"
        return dict(self._connections.rows_in(query, article_ids))

    def places(self, stories: Sequence[int], most: int) -> dict[int, list[OtherPlace]]:
        """Return where each story's articles were published, sorted by id.

        Args:
            stories: their numbers.
            most: articles of each story at most; a story may have any number.
        """
        query = (
            "SELECT id, title, url, source, published_at, language, script FROM articles"
            " WHERE story = ? ORDER BY id LIMIT ?"
        )
        return {
            story: [OtherPlace(*row) for row in self._connections.rows(query, (story, most))]
            for story in stories
        }

    def counts(self) -> tuple[int, int]:
        """Return how many stories there are, and how many articles belong to one."""
        query = "SELECT count(DISTINCT story), count(story) FROM articles"
        stories, articles = self._connections.rows(query)[0]
        return stories, articles
