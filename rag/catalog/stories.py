"""Stories: near-duplicate articles under one number, kept true as articles come and go."""

from __future__ import annotations

import sqlite3

import numpy as np
from numpy.typing import NDArray

from rag.text.minhash import THRESHOLD, bands, groups, similarity

_MOST_COMPARED = 200
"""Members that a story is taken apart for when one leaves; a larger one is left as it is, as
comparing all with all grows with the square."""

Signature = NDArray[np.uint32]


def join_story(connection: sqlite3.Connection, article_id: str, signature: Signature) -> None:
    """Enter a new article's bands, and give it the story of those it is a near-duplicate of.

    Stories that the article is the link between become one. Inside a transaction.
    """
    own = sorted(set(bands(signature)))
    marks = ",".join("?" * len(own))
    like = [
        (other, story)
        for other, story, blob in connection.execute(
            "SELECT id, story, signature FROM articles WHERE id IN"
            f" (SELECT article_id FROM bands WHERE band IN ({marks})) AND id <> ?",
            (*own, article_id),
        )
        if similarity(signature, np.frombuffer(blob, dtype="<u4")) >= THRESHOLD
    ]
    connection.executemany("INSERT INTO bands VALUES (?, ?)", [(band, article_id) for band in own])
    if not like:
        return
    known = sorted({story for _, story in like if story is not None})
    number = known[0] if known else _new_number(connection)
    connection.executemany(
        "UPDATE articles SET story = ? WHERE story = ?", [(number, story) for story in known[1:]]
    )
    members = [article_id, *(other for other, story in like if story is None)]
    connection.executemany(
        "UPDATE articles SET story = ? WHERE id = ?", [(number, member) for member in members]
    )


def fits(signature: bytes | None, held: set[int]) -> bool:
    """Tell whether the bands that are held are those of a signature as it is stored."""
    if signature is None:
        return not held
    try:
        return held == set(bands(np.frombuffer(signature, dtype="<u4")))
    except (ValueError, TypeError):
        return False


def story_of(connection: sqlite3.Connection, article_id: str) -> int | None:
    """Return an article's story, None when it has none or is not there."""
    row = connection.execute("SELECT story FROM articles WHERE id = ?", (article_id,)).fetchone()
    return row[0] if row else None


def regroup(connection: sqlite3.Connection, story: int) -> None:
    """Take a story apart into what still belongs together, after a member has left it."""
    signatures = {
        member: np.frombuffer(blob, dtype="<u4")
        for member, blob in connection.execute(
            "SELECT id, signature FROM articles WHERE story = ? AND signature IS NOT NULL LIMIT ?",
            (story, _MOST_COMPARED + 1),
        )
    }
    if len(signatures) > _MOST_COMPARED:
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
