"""The outbox: what Milvus still has to be told of a catalog, and how it is told.

A transaction that stores or deletes passages also writes them into the outbox (by triggers). Any
process drains it, one at a time. Milvus is written before the outbox is marked, so a process that
dies in between leaves work that is done twice, with the same result.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings import Vectors
from rag.catalog.database import Transaction
from rag.catalog.rows import read_vectors
from rag.cluster.postgres import PostgresDatabase
from rag.cluster.term_counts import Statistics, TermCounts, count_terms, weights_of
from rag.cluster.vectors import IndexedPassage, VectorStore
from rag.text.terms import ANALYSIS
from tamngu.records.filter import day_of

SETTLE_S = 10
"""Seconds after which a search may rely on Milvus for what it was told. Its ``bounded`` consistency
shows everything after 5."""

_AT_ONCE = 512
"""Passages that Milvus is told at a time."""

DRAIN_LOCK = 24
"""Added to the collection's number for the lock of its draining."""


@dataclass(frozen=True)
class _Change:
    number: int
    key: int
    language: str
    is_stored: bool


@dataclass(frozen=True)
class _Passage:
    """A passage as the catalog holds it, with what is indexed of it."""

    key: int
    language: str
    vector: Vectors
    day: int
    source: str | None
    tags: tuple[str, ...]
    text: str


def drain(database: PostgresDatabase, open_store: Callable[[], VectorStore]) -> int | None:
    """Tell Milvus of the oldest changes; return how many, or None if another process is doing it.

    Args:
        database: the catalog's.
        open_store: returns the store of the catalog's identity as the present thread reads it.

    Raises:
        ClusterUnavailable: a part does not answer; the changes stay in the outbox.
    """
    with database.unordered() as transaction:
        if not _locked(transaction, database):
            return None
        store = open_store()
        _check_analysis(transaction)
        changes = _oldest(transaction)
        last = {change.key: change for change in changes}
        stored = [c.key for c in last.values() if c.is_stored]
        passages = _passages(transaction, stored)
        gone = [key for key in last if key not in passages]
        terms = _indexed(transaction, passages)
        _forget(transaction, gone)
        store.upsert(_rows(transaction, list(passages.values()), terms, store))
        store.delete(gone)
        transaction.execute(
            "UPDATE outbox SET drained_at = clock_timestamp() WHERE number = ANY(?)",
            ([change.number for change in changes],),
        )
        transaction.execute(
            "DELETE FROM outbox WHERE drained_at < clock_timestamp() - make_interval(secs => ?)",
            (SETTLE_S,),
        )
    return len(changes)


def _locked(transaction: Transaction, database: PostgresDatabase) -> bool:
    return bool(
        transaction.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(?, ?))",
            (database.schema, DRAIN_LOCK),
        ).fetchone()[0]
    )


def number_of(transaction: Transaction, query: str) -> int:
    """Return the only value of a query."""
    return int(transaction.execute(query).fetchone()[0])


def _check_analysis(transaction: Transaction) -> None:
    """Forget all terms if another release made them in another way; they are made again."""
    stored = number_of(transaction, "SELECT value FROM settings WHERE name = 'analysis'")
    if stored == ANALYSIS:
        return
    if stored:
        for table in ("indexed", "term_counts", "word_counts"):
            transaction.execute(f"DELETE FROM {table}")
        transaction.execute("UPDATE labels SET passages = 0")
        transaction.execute(
            "INSERT INTO outbox (key, language, is_stored)"
            " SELECT key, language, true FROM passages ORDER BY key"
        )
    transaction.execute("UPDATE settings SET value = ? WHERE name = 'analysis'", (str(ANALYSIS),))


def _oldest(transaction: Transaction) -> list[_Change]:
    rows = transaction.execute(
        "SELECT number, key, language, is_stored FROM outbox WHERE drained_at IS NULL"
        " ORDER BY number LIMIT ?",
        (_AT_ONCE,),
    ).fetchall()
    return [_Change(*row) for row in rows]


def _passages(transaction: Transaction, keys: Sequence[int]) -> dict[int, _Passage]:
    rows = transaction.execute(
        "SELECT p.key, p.language, p.sentence_spans, p.vector, p.sentence_vectors,"
        " a.published_at, a.source, a.tags,"
        ' substr(a.text, CAST(p.start + 1 AS integer), CAST(p."end" - p.start AS integer))'
        " FROM passages p JOIN articles a ON a.id = p.article_id WHERE p.key = ANY(?)",
        (list(keys),),
    ).fetchall()
    return {
        key: _Passage(
            key,
            language,
            read_vectors(*vectors)[0],
            day_of(published),
            source,
            tuple(json.loads(tags)),
            text,
        )
        for key, language, *vectors, published, source, tags, text in rows
    }


def _indexed(
    transaction: Transaction, passages: dict[int, _Passage]
) -> dict[int, tuple[TermCounts, list[int]]]:
    """Return the terms and labels of passages; count those that have not been counted yet."""
    rows = transaction.execute(
        "SELECT key, lengths, terms, labels FROM indexed WHERE key = ANY(?)", (list(passages),)
    ).fetchall()
    found = {
        key: (TermCounts.of_bytes(lengths, terms), labels) for key, lengths, terms, labels in rows
    }
    new = [passage for key, passage in passages.items() if key not in found]
    if not new:
        return found
    codes = _codes(transaction, new)
    made = {
        each.key: (
            count_terms(each.text, each.language),
            [
                0 if each.source is None else codes["source", each.source],
                *(codes["tag", tag] for tag in dict.fromkeys(each.tags)),
            ],
        )
        for each in new
    }
    transaction.executemany(
        "INSERT INTO indexed (key, language, lengths, terms, labels) VALUES (?, ?, ?, ?, ?)",
        [
            (each.key, each.language, list(terms.lengths), terms.to_bytes(), labels)
            for each in new
            for terms, labels in (made[each.key],)
        ],
    )
    _count(transaction, [(each.language, *made[each.key]) for each in new], 1)
    return found | made


def _codes(transaction: Transaction, passages: Sequence[_Passage]) -> dict[tuple[str, str], int]:
    """Return the codes of the passages' sources and tags; new ones get one."""
    wanted = {("source", each.source) for each in passages if each.source is not None}
    wanted |= {("tag", tag) for each in passages for tag in each.tags}
    kinds, names = [kind for kind, _ in wanted], [name for _, name in wanted]
    transaction.execute(
        "INSERT INTO labels (kind, name) SELECT * FROM unnest(?::text[], ?::text[])"
        " ON CONFLICT (kind, name) DO NOTHING",
        (kinds, names),
    )
    rows = transaction.execute(
        "SELECT kind, name, code FROM labels WHERE name = ANY(?)", (names,)
    ).fetchall()
    return {(kind, name): code for kind, name, code in rows}


def _forget(transaction: Transaction, keys: Sequence[int]) -> None:
    rows = transaction.execute(
        "DELETE FROM indexed WHERE key = ANY(?) RETURNING language, lengths, terms, labels",
        (list(keys),),
    ).fetchall()
    gone = [
        (language, TermCounts.of_bytes(lengths, terms), labels)
        for language, lengths, terms, labels in rows
    ]
    _count(transaction, gone, -1)


def _count(
    transaction: Transaction, passages: Sequence[tuple[str, TermCounts, list[int]]], sign: int
) -> None:
    """Add passages to what is counted of all, or subtract them."""
    by_language: dict[str, list[TermCounts]] = {}
    for language, terms, _ in passages:
        by_language.setdefault(language, []).append(terms)
    for language, held in by_language.items():
        numbers, counts = np.unique(np.concatenate([t.terms for t in held]), return_counts=True)
        transaction.execute(
            "INSERT INTO term_counts (language, term, passages)"
            " SELECT ?, * FROM unnest(?::bigint[], ?::bigint[])"
            " ON CONFLICT (language, term) DO UPDATE"
            " SET passages = term_counts.passages + excluded.passages",
            (language, numbers.tolist(), (sign * counts).tolist()),
        )
        added = Statistics.of(held)
        transaction.execute(
            "INSERT INTO word_counts (language, passages, lengths) VALUES (?, ?, ?::bigint[])"
            " ON CONFLICT (language) DO UPDATE"
            " SET passages = word_counts.passages + excluded.passages,"
            " lengths = (SELECT array_agg(a + b ORDER BY place) FROM"
            " unnest(word_counts.lengths, excluded.lengths) WITH ORDINALITY AS o (a, b, place))",
            (language, sign * added.passages, [sign * length for length in added.lengths]),
        )
    labels = Counter(code for _, _, codes in passages for code in codes if code)
    transaction.execute(
        "UPDATE labels SET passages = labels.passages + added.passages"
        " FROM unnest(?::bigint[], ?::bigint[]) AS added (code, passages)"
        " WHERE labels.code = added.code",
        (list(labels), [sign * count for count in labels.values()]),
    )


def _rows(
    transaction: Transaction,
    passages: Sequence[_Passage],
    terms: dict[int, tuple[TermCounts, list[int]]],
    store: VectorStore,
) -> list[IndexedPassage]:
    """Return passages as they are told."""
    rows = transaction.execute("SELECT language, passages, lengths FROM word_counts").fetchall()
    averages = {
        language: Statistics(count, tuple(lengths)).averages for language, count, lengths in rows
    }
    told = []
    for each in passages:
        counted, labels = terms[each.key]
        words = {}
        if store.has_words and len(counted.terms):
            weights = weights_of(counted, averages[each.language])
            words = dict(zip(counted.terms.tolist(), weights.tolist(), strict=True))
        # Rounded as everywhere, so that a passage has the same score wherever it is searched.
        vector = each.vector.astype(np.float16).astype(np.float32)
        told.append(
            IndexedPassage(each.key, each.language, labels[0], labels[1:], each.day, vector, words)
        )
    return told
