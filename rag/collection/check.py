"""Checks a collection: its catalog, its offsets and checksums, and both of its indexes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from rag.catalog.catalog import Catalog
from rag.catalog.integrity import (
    articles_with_wrong_bands,
    bands_without_article,
    structural_problems,
)
from rag.errors import CollectionDamaged
from rag.index.current import (
    current_number,
    current_state,
    damage,
    has_generations,
    has_other_format,
)
from rag.index.language_view import LanguageView
from rag.index.live_index import LiveIndex
from rag.index.seam import Snapshot
from rag.index.snapshot import Snapshot as LocalSnapshot
from rag.records.passage import EncodedPassage, Keys
from rag.text.terms import FIELDS, terms
from tamngu.records.article import Article
from tamngu.records.filter import Filter

_BLOCK = 500
"""Articles, or passages, read at a time."""

_SAMPLE = 50
"""Passages of each language that are searched for in both indexes, at even distances."""

_TOLERANCE = 0.002
"""Largest difference of cosines: twice what half precision changes them by."""

_QUERY_CHARACTERS = 300
"""Characters of a sampled passage that its words are searched by."""

_MAX_NAMED = 20
"""Passages that a message names."""

_OTHER_FORMAT = (
    "The index on disk was written by another release of Tamngu and is not used; searches make "
    "their own in memory. To write it again, run: tamngu collections compact --collection {name}"
)

OnArticles = Callable[[int], object]
"""Called with the number of articles checked since the last call."""

Item = TypeVar("Item")
Name = TypeVar("Name")


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Attributes:
        articles: how many the catalog holds.
        passages: how many the catalog holds.
        generation: the number of the generation in use; None if there is none.
        problems: what is wrong, one sentence each; empty if nothing is.
        notes: what is not wrong but worth knowing, one sentence each.
        took_s: duration in seconds.
    """

    articles: int
    passages: int
    generation: str | None
    problems: list[str]
    notes: list[str]
    took_s: float


def check(
    directory: Path, catalog: Catalog, on_articles: OnArticles = lambda _: None
) -> CheckReport:
    """Read everything in a collection and report what is wrong; change nothing.

    It checks the catalog's file and each row's checksum; that passages and sentences lie inside
    their articles; that vectors are unit vectors of the model's dimensions; the checksums of the
    generation on disk; and that both indexes hold exactly the catalog's passages, with its vectors.

    Args:
        directory: the collection's folder.
        catalog: the collection's catalog.
        on_articles: called with the number of articles checked since the last call.
    """
    started = time.perf_counter()
    problems: list[str] = []
    number, counts = None, (0, 0)
    try:
        with catalog.reading():
            of_languages = catalog.counts().values()
            counts = sum(n for n, _ in of_languages), sum(n for _, n in of_languages)
            problems += structural_problems(catalog)
            problems += broken_articles(catalog, on_articles)
            if not problems:
                problems += damage(directory)
                index = LiveIndex(directory, catalog)
                number = index.generation.number if index.generation else None
                with index.reading() as snapshot:
                    problems += _differences(catalog, snapshot)
        problems += _unusable_generation(directory, catalog)
    except CollectionDamaged as error:
        problems.append(str(error))
    notes = [_OTHER_FORMAT.format(name=directory.name)] if has_other_format(directory) else []
    took_s = round(time.perf_counter() - started, 3)
    return CheckReport(*counts, number, problems, notes, took_s)


def _unusable_generation(directory: Path, catalog: Catalog) -> Iterator[str]:
    """Report a generation of another catalog, and a generation that has been lost."""
    # The generation's state is read first: a compaction may just have written a later one.
    state = current_state(directory)
    if state is not None and not state.can_become(catalog.settings.state()):
        yield (
            "The index on disk was derived from another catalog or from a later state of this one; "
            "perhaps the catalog was replaced by an older copy."
        )
    # A compaction shortens the log of deletions, and it writes a generation first. The upgrade of a
    # catalog of the first release, which had no log, writes none.
    written = catalog.deletions.complete_after() and has_generations(directory)
    if written and current_number(directory) is None and not has_other_format(directory):
        yield "The index on disk is missing, although one was written before."


def broken_articles(catalog: Catalog, on_articles: OnArticles) -> Iterator[str]:
    """Report articles and passages that are damaged or do not fit together."""
    dim = catalog.settings.fingerprint().dim
    if surplus := bands_without_article(catalog):
        yield f"{surplus:,} bands belong to no article."
    for ids in _blocks(catalog.articles.ids()):
        for article_id in articles_with_wrong_bands(catalog, ids):
            yield f"The bands of the article {article_id!r} are not those of its signature."
        for article in _readable(catalog.articles.get_many, ids):
            if isinstance(article, str):
                yield article
                continue
            keys = catalog.passages.keys_of([article.id]).tolist()
            if not keys:
                yield f"The article {article.id!r} has no passage."
            for encoded in _readable(catalog.passages.encoded, keys):
                problem = encoded if isinstance(encoded, str) else _misfit(article, encoded, dim)
                if problem is not None:
                    yield problem
        on_articles(len(ids))


def _readable(
    read: Callable[[Sequence[Name]], Sequence[Item]], names: Sequence[Name]
) -> Iterator[Item | str]:
    """Yield the items of those names, or the error message of an item that cannot be read."""
    try:
        yield from read(names)
    except CollectionDamaged as error:
        if len(names) == 1:
            yield str(error)
            return
        for name in names:
            yield from _readable(read, [name])


def _misfit(article: Article, encoded: EncodedPassage, dim: int) -> str | None:
    """Report where a passage does not fit its article or the model; None if it fits."""
    passage = encoded.passage
    wrong = None
    if not 0 <= passage.start < passage.end <= len(article.text):
        wrong = "is not inside the article's text"
    elif any(not passage.start <= s.start < s.end <= passage.end for s in passage.sentences):
        wrong = "has a sentence that is not inside the passage"
    elif passage.language != article.language:
        wrong = f"has the language {passage.language}, its article has {article.language}"
    elif encoded.vector.shape != (dim,) or abs(np.linalg.norm(encoded.vector) - 1) > _TOLERANCE:
        wrong = f"does not have a unit vector of {dim} dimensions"
    elif encoded.sentence_vectors.shape != (len(passage.sentences), dim):
        wrong = "does not have one vector for each sentence"
    return None if wrong is None else f"The passage {passage.id!r} {wrong}."


def _differences(catalog: Catalog, snapshot: LocalSnapshot) -> Iterator[str]:
    """Report where the indexes and the catalog do not hold the same passages."""
    keys, languages = catalog.passages.keys()
    language_of_key = np.array(languages)
    for language in sorted({*languages, *snapshot.views}):
        expected = keys[language_of_key == language]
        view = snapshot.views.get(language)
        by_vectors, by_words = (
            (expected[:0], expected[:0]) if view is None else (view.keys(), view.word_keys())
        )
        for leg, held in (("vectors", by_vectors), ("words", by_words)):
            missing = np.setdiff1d(expected, held)
            surplus = np.setdiff1d(held, expected)
            if len(missing):
                yield f"The index of {language} {leg} lacks {counted(missing)}."
            if len(surplus):
                yield f"The index of {language} {leg} holds {counted(surplus)} that are not stored."
        if view is None:
            continue
        common = np.intersect1d(expected, by_vectors)
        for block in _blocks(common.tolist()):
            yield from _other_vectors(catalog, view, language, np.array(block, dtype=np.int64))
        yield from _not_found(catalog, snapshot, language, _sample(common))


def _other_vectors(
    catalog: Catalog, view: LanguageView, language: str, keys: Keys
) -> Iterator[str]:
    """Report passages whose vectors differ between the index and the catalog."""
    stored = catalog.passages.encoded(keys.tolist())
    vectors = np.stack([encoded.vector for encoded in stored])
    differs = np.abs(view.vectors(keys) - vectors).max(axis=1) > _TOLERANCE
    if differs.any():
        yield f"The index of {language} has other vectors for {counted(keys[differs])}."


def passages_not_found(catalog: Catalog, snapshot: Snapshot) -> Iterator[str]:
    """Report those of a sample of passages that are not found by their vectors or words."""
    keys, languages = catalog.passages.keys()
    language_of_key = np.array(languages)
    for language in sorted(set(languages)):
        yield from _not_found(
            catalog, snapshot, language, _sample(keys[language_of_key == language])
        )


def _sample(keys: Keys) -> list[int]:
    """Return some of the keys, at even distances."""
    places = np.unique(np.linspace(0, len(keys) - 1, min(_SAMPLE, len(keys))).astype(int))
    return [int(key) for key in keys[places]]


def _not_found(
    catalog: Catalog, snapshot: Snapshot, language: str, keys: Sequence[int]
) -> Iterator[str]:
    """Report passages that a search with their own vector or their own words does not find."""
    for key, encoded in zip(keys, catalog.passages.encoded(keys), strict=True):
        passage = encoded.passage
        nearest = snapshot.search(encoded.vector[None], 10, language)
        if key not in nearest.keys and nearest.scores.min() < 1 - _TOLERANCE:
            yield f"The index does not find the {language} passage {passage.id!r} by its vector."
        (article,) = catalog.articles.get_many([passage.article_id])
        words = article.text[passage.start : passage.end][:_QUERY_CHARACTERS]
        filters = Filter(article_ids=[article.id])
        found = snapshot.match_words(words, snapshot.languages()[language], language, filters)
        query = terms(words, language)
        if any(getattr(query, field) for field in FIELDS) and key not in found.keys:
            yield f"The index does not find the {language} passage {passage.id!r} by its words."


def counted(keys: Keys) -> str:
    """Return how many passages there are, and the keys of the first of them."""
    first = ", ".join(map(str, keys[:_MAX_NAMED].tolist()))
    return f"{len(keys):,} passages ({first}{', ...' if len(keys) > _MAX_NAMED else ''})"


def _blocks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _BLOCK):
        yield items[start : start + _BLOCK]
