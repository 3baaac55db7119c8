"""Groups near-duplicate articles into stories as articles are stored and deleted."""

from __future__ import annotations

import sqlite3

import numpy as np
from numpy.typing import NDArray

from rag.text.minhash import THRESHOLD, bands, groups, similarity

_MAX_COMPARED = 200
"""Articles in a story that is grouped again when one leaves it; a larger story stays as it is,
because the number of comparisons grows with the square."""

Signature = NDArray[np.uint32]


def join_story(connection: sqlite3.Connection, article_id: str, signature: Signature) -> None:
    """Store a new article's bands, and add it to the story of its near-duplicates.

    Stories that the article connects become one. Inside a transaction.
    """
    own = sorted(set(bands(signature)))
    marks = ",".join("?" * len(own))
    similar = [
        (other, story)
        for other, story, blob in connection.execute(
            "SELECT id, story, signature FROM articles WHERE id IN"
            f" (SELECT article_id FROM bands WHERE band IN ({marks})) AND id <> ?",
            (*own, article_id),
        )
        if similarity(signature, np.frombuffer(blob, dtype="<u4")) >= THRESHOLD
    ]
    connection.executemany("INSERT INTO bands VALUES (?, ?)", [(band, article_id) for band in own])
    if not similar:
        return
    known = sorted({story for _, story in similar if story is not None})
    number = known[0] if known else _new_number(connection)
    connection.executemany(
        "UPDATE articles SET story = ? WHERE story = ?", [(number, story) for story in known[1:]]
    )
    members = [article_id, *(other for other, story in similar if story is None)]
    connection.executemany(
        "UPDATE articles SET story = ? WHERE id = ?", [(number, member) for member in members]
    )


def are_bands_of(signature: bytes | None, stored: set[int]) -> bool:
    """Return whether stored bands are those of a stored signature."""
    if signature is None:
        return not stored
    try:
        return stored == set(bands(np.frombuffer(signature, dtype="<u4")))
    except (ValueError, TypeError):
        return False


def story_of(connection: sqlite3.Connection, article_id: str) -> int | None:
    """Return an article's story; None if it has none or is not stored."""
    row = connection.execute("SELECT story FROM articles WHERE id = ?", (article_id,)).fetchone()
    return row[0] if row else None


def regroup(connection: sqlite3.Connection, story: int) -> None:
    """Group a story's articles again after one has left it, inside a transaction."""
    signatures = {
        member: np.frombuffer(blob, dtype="<u4")
        for member, blob in connection.execute(
            "SELECT id, signature FROM articles WHERE story = ? AND signature IS NOT NULL LIMIT ?",
            (story, _MAX_COMPARED + 1),
        )
    }
    if len(signatures) > _MAX_COMPARED:
        return
    connection.execute("UPDATE articles SET story = NULL WHERE story = ?", (story,))
    for place, group in enumerate(g for g in groups(signatures) if len(g) > 1):
        number = story if place == 0 else _new_number(connection)
        connection.executemany(
            "UPDATE articles SET story = ? WHERE id = ?",
            [(number, member) for member in sorted(group)],
        )


def _new_number(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT coalesce(max(story), 0) + 1 FROM articles").fetchone()
    return int(row[0])
