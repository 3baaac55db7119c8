"""Articles in other languages that tell what an article tells.

Near-duplicates are of one language (:mod:`rag.catalog.story_updates`). Across languages the vectors
of passages are compared, without what is common to all passages of a language, on the scale of a
sample of the collection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embeddings import Vectors
from rag.collection.collection import Collection
from rag.index.seam import LanguageView, Snapshot
from rag.retrieval.fairness import centred_cosines, scales
from rag.text.names.matching import names_in
from tamngu.records.article import Article
from tamngu.records.filter import day_of

_PASSAGES = 4
"""Passages of the article that are compared: news says at its beginning what it is about. Chosen
manually, not tuned."""

_NEAREST = 50
"""Passages of each language that are looked at."""

_MOST = 3
"""Articles of each language that are returned at most."""

_ALIKE, _NEAR = 4.0, 1.9
"""Standard deviations above the mean of a language's passages from which on an article tells the
same; and from which on it does if it also has names in common and was published near it. Chosen on
the packaged sample, which is small: there, the two pairs that tell the same have at least 1.96, and
one that does not has 1.56. In larger collections such pairs have more."""

_NAMES = 2
"""Names that near articles have in common, or all of the article's if it has fewer."""

_DAYS = 14
"""Days between the publications of near articles at most."""

_READ = 3000
"""Characters of an article in which names are looked for."""


@dataclass(frozen=True)
class Version:
    """An article in another language.

    Attributes:
        article_id: its id.
        score: how alike its nearest passage is, in standard deviations above the mean.
        start: first character of that passage in its text.
        end: one past its last character.
    """

    article_id: str
    score: float
    start: int
    end: int


def versions_of(collection: Collection, article: Article) -> list[Version]:
    """Return articles in other languages that tell the same, the likeliest first."""
    catalog = collection.catalog
    with collection.reading() as snapshot:
        keys = catalog.passages.keys_of([article.id]).tolist()[:_PASSAGES]
        own = snapshot.backgrounds.get(article.language)
        if not keys or own is None:
            return []
        vectors = np.stack([each.vector for each in catalog.passages.encoded(keys)])
        asked = _unit(vectors.mean(axis=0) - own.passages.mean(axis=0, dtype=np.float32))
        found: list[Version] = []
        for language, view in snapshot.views.items():
            if language != article.language:
                found += _in_language(collection, snapshot, language, view, asked, article)
    return sorted(found, key=lambda version: -version.score)


def _in_language(
    collection: Collection,
    snapshot: Snapshot,
    language: str,
    view: LanguageView,
    asked: Vectors,
    article: Article,
) -> list[Version]:
    catalog = collection.catalog
    sample = snapshot.backgrounds[language].passages
    mean = sample.mean(axis=0, dtype=np.float32)
    keys = snapshot.search(asked[None], _NEAREST, language).keys[0]
    scores = centred_cosines(view.vectors(keys), mean, asked)
    scale = scales({language: centred_cosines(sample, mean, asked)})[language]
    standardised = scale.standardise(scores)
    order = np.argsort(-standardised, kind="stable").tolist()
    passages = catalog.passages.get_many(keys.tolist())
    found: dict[str, Version] = {}
    for place in order:
        score = float(standardised[place])
        if score < _NEAR or len(found) == _MOST:
            break
        passage = passages[int(keys[place])]
        if passage.article_id in found:
            continue
        if score >= _ALIKE or _is_near(article, catalog.articles.get(passage.article_id)):
            version = Version(passage.article_id, round(score, 2), passage.start, passage.end)
            found[passage.article_id] = version
    return list(found.values())


def _is_near(one: Article, other: Article | None) -> bool:
    """Tell whether two articles name the same and were published at about the same time."""
    if other is None:
        return False
    if one.published_at and other.published_at:
        days = day_of(one.published_at) - day_of(other.published_at)
        if abs(days) > _DAYS:
            return False
    mine, its = ({name.forms["en"][0] for name in names_in(_head(each))} for each in (one, other))
    return bool(mine) and len(mine & its) >= min(_NAMES, len(mine))


def _head(article: Article) -> str:
    return f"{article.title}\n{article.text[:_READ]}"


def _unit(vector: Vectors) -> Vectors:
    unit: Vectors = (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
    return unit
