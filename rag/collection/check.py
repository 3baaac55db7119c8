"""Whether a collection is whole: catalog, offsets, checksums, and both legs beside the catalog."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from rag.catalog.catalog import Catalog
from rag.errors import CollectionDamaged
from rag.index.generation import Origin, current_number, current_origin, damage
from rag.index.live_index import LiveIndex
from rag.index.snapshot import LanguageView, Snapshot
from rag.records.passage import EncodedPassage, Keys
from rag.text.terms import FIELDS, terms
from tamngu.records.article import Article
from tamngu.records.filter import Filter

_BLOCK = 500
"""Articles, or passages, read at a time."""

_ASKED = 50
"""Passages of each language that are looked for in both legs, drawn at even distances."""

_NEAR = 0.002
"""How far cosines may be apart: twice what rounding vectors to half precision moves them."""

_WORDS = 300
"""Characters of such a passage that are asked for."""

_NAMED = 20
"""Passages that a message names at most."""

OnArticles = Callable[[int], object]
"""Called with the number of articles checked since the last call."""

Item = TypeVar("Item")
Name = TypeVar("Name")


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Attributes:
        articles: in the catalog.
        passages: in the catalog.
        generation: the number of the one on disk that is in use, None when there is none.
        problems: what is wrong, a sentence each; empty when all is well.
        took_s: seconds.
    """

    articles: int
    passages: int
    generation: str | None
    problems: list[str]
    took_s: float


def check(
    directory: Path, catalog: Catalog, on_articles: OnArticles = lambda _: None
) -> CheckReport:
    """Read all of a collection and say what is wrong with it. Changes nothing.

    The catalog's file and each row's checksum; that passages and sentences lie inside their
    articles; that vectors are unit vectors of the model's dimensions; the checksums of the
    generation on disk; and that vector and word index hold the catalog's passages, with the same
    vectors, no more and no fewer.
    """
    started = time.perf_counter()
    problems: list[str] = []
    number, counts = None, (0, 0)
    try:
        with catalog.reading():
            of_languages = catalog.counts().values()
            counts = sum(n for n, _ in of_languages), sum(n for _, n in of_languages)
            problems += catalog.problems()
            problems += _broken_articles(catalog, on_articles)
            if not problems:
                problems += damage(directory)
                index = LiveIndex(directory, catalog)
                number = index.generation.number if index.generation else None
                with index.reading() as snapshot:
                    problems += _apart(catalog, snapshot)
        problems += _unused(directory, catalog)
    except CollectionDamaged as error:
        problems.append(str(error))
    return CheckReport(*counts, number, problems, round(time.perf_counter() - started, 3))


def _unused(directory: Path, catalog: Catalog) -> Iterator[str]:
    """Say why a generation that is whole, or one that was written once, cannot be taken."""
    # Read before the catalog: it may be of a state that has just been written.
    origin = current_origin(directory)
    if origin is not None and not origin.can_become(Origin(catalog.identity(), catalog.revision())):
        yield (
            "The index on disk was derived from another catalog or a later state of this one, as "
            "if an older copy had been put in its place."
        )
    # Only compaction drops what the log of deletions had.
    if catalog.deletions_from() and current_number(directory) is None:
        yield "The index that was on disk is not there any more."


def _broken_articles(catalog: Catalog, on_articles: OnArticles) -> Iterator[str]:
    """Say which articles or passages are not as they were stored, or do not fit together."""
    dim = catalog.fingerprint().dim
    for ids in _blocks(catalog.article_ids()):
        for article_id in catalog.unlike_signatures(ids):
            yield f"What the article {article_id!r} is compared by is not of its signature."
        for article in _readable(catalog.articles, ids):
            if isinstance(article, str):
                yield article
                continue
            keys = catalog.keys_of([article.id]).tolist()
            if not keys:
                yield f"The article {article.id!r} has no passage."
            for encoded in _readable(catalog.encoded, keys):
                problem = encoded if isinstance(encoded, str) else _misfit(article, encoded, dim)
                if problem is not None:
                    yield problem
        on_articles(len(ids))


def _readable(
    read: Callable[[Sequence[Name]], Sequence[Item]], names: Sequence[Name]
) -> Iterator[Item | str]:
    """Yield what is read of those names, and for what cannot be, why."""
    try:
        yield from read(names)
    except CollectionDamaged as error:
        if len(names) == 1:
            yield str(error)
            return
        for name in names:
            yield from _readable(read, [name])


def _misfit(article: Article, encoded: EncodedPassage, dim: int) -> str | None:
    """Say what of a passage does not fit its article or the model, None when all does."""
    passage = encoded.passage
    wrong = None
    if not 0 <= passage.start < passage.end <= len(article.text):
        wrong = "lies outside the article's text"
    elif any(not passage.start <= s.start < s.end <= passage.end for s in passage.sentences):
        wrong = "has a sentence outside itself"
    elif passage.language != article.language:
        wrong = f"is said to be in {passage.language}, the article in {article.language}"
    elif encoded.vector.shape != (dim,) or abs(np.linalg.norm(encoded.vector) - 1) > _NEAR:
        wrong = f"has no unit vector of {dim} dimensions"
    elif encoded.sentence_vectors.shape != (len(passage.sentences), dim):
        wrong = "has not one vector for each sentence"
    return None if wrong is None else f"The passage {passage.id!r} {wrong}."


def _apart(catalog: Catalog, snapshot: Snapshot) -> Iterator[str]:
    """Say where an index and the catalog do not hold the same passages."""
    keys, languages = catalog.keys()
    named = np.array(languages)
    for language in sorted({*languages, *snapshot.views}):
        expected = keys[named == language]
        view = snapshot.views.get(language, LanguageView(None, None, None))
        for leg, held in (("vectors", view.keys()), ("words", view.word_keys())):
            lacking = np.setdiff1d(expected, held)
            foreign = np.setdiff1d(held, expected)
            if len(lacking):
                yield f"The index of {language} {leg} lacks {_count(lacking)}."
            if len(foreign):
                yield f"The index of {language} {leg} holds {_count(foreign)} that are not stored."
        there = np.intersect1d(expected, view.keys())
        for block in _blocks(there.tolist()):
            yield from _differing(catalog, view, language, np.array(block, dtype=np.int64))
        places = np.unique(np.linspace(0, len(there) - 1, min(_ASKED, len(there))).astype(int))
        yield from _unfound(catalog, snapshot, language, there[places].tolist())


def _differing(catalog: Catalog, view: LanguageView, language: str, keys: Keys) -> Iterator[str]:
    """Say which passages' vectors are others in the index than in the catalog."""
    stored = catalog.encoded(keys.tolist())
    whole = np.stack([encoded.vector for encoded in stored])
    apart = np.abs(view.vectors(keys) - whole).max(axis=1) > _NEAR
    for place, sentences in enumerate(view.sentence_vectors(keys)):
        apart[place] |= not np.array_equal(sentences, stored[place].sentence_vectors)
    codes, starts = view.tokens(keys)
    for place, encoded in enumerate(stored):
        own = codes[starts[place] : starts[place + 1]]
        apart[place] |= not np.array_equal(own, encoded.tokens)
    if apart.any():
        yield f"The index of {language} has other vectors for {_count(keys[apart])}."


def _unfound(
    catalog: Catalog, snapshot: Snapshot, language: str, keys: Sequence[int]
) -> Iterator[str]:
    """Say which passages are not found by their own vectors, or by their own words."""
    for key, encoded in zip(keys, catalog.encoded(keys), strict=True):
        passage = encoded.passage
        near = snapshot.search(encoded.vector[None], 10, language)
        if key not in near.keys and near.scores.min() < 1 - _NEAR:
            yield f"The index does not find the {language} passage {passage.id!r} by its vector."
        (article,) = catalog.articles([passage.article_id])
        words = article.text[passage.start : passage.end][:_WORDS]
        only = Filter(article_ids=[article.id])
        found = snapshot.match_words(words, snapshot.languages()[language], language, only)
        known = terms(words, language)
        if any(getattr(known, field) for field in FIELDS) and key not in found.keys:
            yield f"The index does not find the {language} passage {passage.id!r} by its words."


def _count(keys: Keys) -> str:
    """Name passages by their keys, the first ones only where there are many."""
    first = ", ".join(map(str, keys[:_NAMED].tolist()))
    return f"{len(keys):,} passages ({first}{', ...' if len(keys) > _NAMED else ''})"


def _blocks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _BLOCK):
        yield items[start : start + _BLOCK]
