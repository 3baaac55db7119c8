"""Groups near-duplicate articles into stories as articles are stored and deleted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.catalog.database import Transaction
from rag.text.minhash import THRESHOLD, bands, groups, similarity

_MAX_COMPARED = 200
"""Articles in a story that is grouped again when one leaves it; a larger story stays as it is,
because the number of comparisons grows with the square."""

_MAX_SHARING = 50
"""Articles that are looked at for each band. Without a bound, the time for n copies of one article
would grow with the square of n. Chosen manually, not tuned."""

_MAX_SIMILAR = 50
"""Articles that a new one is compared with: those that share most bands with it, which are the most
similar ones. Chosen manually, not tuned."""

Signature = NDArray[np.uint32]


def join_story(connection: Transaction, article_id: str, signature: Signature) -> None:
    """Store a new article's bands, and add it to the story of its near-duplicates.

    Stories that the article connects become one. It is compared with at most :data:`_MAX_SIMILAR`
    articles, so a story with more members may not be connected with another one. Inside a
    transaction.
    """
    own = sorted(set(bands(signature)))
    # Most articles share no band with another one. The query for those that do takes far longer.
    shared = _shared(connection, own)
    candidates = _sharing_most(connection, shared, article_id) if shared else []
    similar = _similar(connection, candidates, signature) if candidates else []
    connection.executemany(
        # They are there already if the signature of a former article of this id was damaged.
        "INSERT INTO bands VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(band, article_id) for band in own],
    )
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


def _shared(connection: Transaction, own: Sequence[int]) -> list[int]:
    """Return those of the bands ``own`` that are stored, of any article."""
    # By the order of the index; PostgreSQL, which knows nothing of new tables, would read them all.
    first = "SELECT article_id FROM bands WHERE band = listed.column1 ORDER BY article_id LIMIT 1"
    listed = f"(VALUES {','.join(['(?)'] * len(own))}) AS listed"
    query = f"SELECT column1 FROM {listed} WHERE ({first}) IS NOT NULL"
    return [row[0] for row in connection.execute(query, own)]


def _similar(
    connection: Transaction, candidates: Sequence[str], signature: Signature
) -> list[tuple[str, int | None]]:
    """Return the ids and the stories of those of the articles that are near-duplicates."""
    marks = ",".join("?" * len(candidates))
    rows = connection.execute(
        f"SELECT id, story, signature FROM articles WHERE id IN ({marks})", candidates
    )
    return [
        (other, story)
        for other, story, blob in rows
        if similarity(signature, np.frombuffer(blob, dtype="<u4")) >= THRESHOLD
    ]


def _sharing_most(connection: Transaction, own: Sequence[int], article_id: str) -> list[str]:
    """Return the ids of the articles that share most of the bands ``own``, most first."""
    some = f"SELECT article_id FROM bands WHERE band = ? ORDER BY article_id LIMIT {_MAX_SHARING}"
    one = f"SELECT * FROM ({some}) AS sharing"
    rows = connection.execute(
        f"SELECT article_id FROM ({' UNION ALL '.join([one] * len(own))}) AS found"
        " WHERE article_id <> ?"
        f" GROUP BY article_id ORDER BY count(*) DESC, article_id LIMIT {_MAX_SIMILAR}",
        (*own, article_id),
    )
    return [row[0] for row in rows]


def leave_bands(connection: Transaction, article_id: str, signature: bytes | None) -> None:
    """Remove the bands of an article that is about to be deleted, inside a transaction.

    Args:
        connection: in the transaction.
        article_id: of the article.
        signature: as it is stored.
    """
    own = bands_of(signature)
    connection.executemany(
        "DELETE FROM bands WHERE band = ? AND article_id = ?",
        [(band, article_id) for band in own or ()],
    )


def bands_of(stored: bytes | None) -> set[int] | None:
    """Return the bands of a stored signature; None if the bytes are no signature."""
    if stored is None:
        return set()
    try:
        return set(bands(np.frombuffer(stored, dtype="<u4")))
    except (ValueError, TypeError):
        return None


def regroup(connection: Transaction, story: int) -> None:
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


def _new_number(connection: Transaction) -> int:
    row = connection.execute("SELECT coalesce(max(story), 0) + 1 FROM articles").fetchone()
    return int(row[0])
