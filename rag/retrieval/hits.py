"""From candidates to hits: what a reader sees of a passage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.catalog.catalog import Catalog
from rag.records.passage import Passage
from rag.retrieval.passage_scorer import Candidate
from tamngu.records.article import Article
from tamngu.records.hit import Evidence, Hit, OtherPlace

_EVIDENCE = 2
"""Sentences shown with a hit, at most. Chosen on 1,000 questions of ViQuAD 2, CMRC 2018, DRCD and
SQuADShifts: with two sentences to choose from, .82 of the questions have the answer among their
quotes, with one sentence .75."""


def fetch_hits(
    catalog: Catalog, ranked: Sequence[Candidate], top_k: int, *, include_duplicates: bool
) -> tuple[Hit, ...]:
    """Return the best candidates as hits.

    Args:
        catalog: where passages and articles are read.
        ranked: candidates, best first.
        top_k: hits wanted.
        include_duplicates: keep every article of a story that several articles tell; else the
            best-placed one stays, and names the others.
    """
    passages: dict[int, Passage] = {}
    kept: list[Candidate] = []
    best_article: dict[int, str] = {}
    stories: dict[str, int] = {}
    for start in range(0, len(ranked), top_k):
        if len(kept) == top_k:
            break
        some = ranked[start : start + top_k]
        passages |= catalog.passages.get_many([candidate.key for candidate in some])
        stories |= catalog.stories.of_articles(sorted({passages[c.key].article_id for c in some}))
        for candidate in some:
            article_id = passages[candidate.key].article_id
            story = stories.get(article_id)
            best = article_id if story is None else best_article.setdefault(story, article_id)
            if (include_duplicates or best == article_id) and len(kept) < top_k:
                kept.append(candidate)
    ids = sorted({passages[candidate.key].article_id for candidate in kept})
    articles = {article.id: article for article in catalog.articles.get_many(ids)}
    others: dict[str, tuple[OtherPlace, ...]] = {}
    if not include_duplicates:
        others = _other_places(catalog, {i: stories[i] for i in ids if i in stories})
    return tuple(
        _hit(place, candidate, passage, articles[passage.article_id], others)
        for place, candidate in enumerate(kept, start=1)
        for passage in (passages[candidate.key],)
    )


def _other_places(catalog: Catalog, stories: dict[str, int]) -> dict[str, tuple[OtherPlace, ...]]:
    """Return, for articles that have a story, the other articles that tell it."""
    same_story = catalog.stories.articles_of(sorted(set(stories.values())))
    ids = [article_id for tellers in same_story.values() for article_id in tellers]
    articles = {article.id: article for article in catalog.articles.get_many(ids)}
    return {
        article_id: tuple(
            OtherPlace(o.id, o.title, o.url, o.source, o.published_at)
            for o in (articles[other] for other in same_story[story] if other != article_id)
        )
        for article_id, story in stories.items()
    }


def _hit(
    rank: int,
    candidate: Candidate,
    passage: Passage,
    article: Article,
    others: dict[str, tuple[OtherPlace, ...]],
) -> Hit:
    order = np.argsort(-candidate.sentence_scores, kind="stable")[:_EVIDENCE]
    evidence = []
    for position in order.tolist():
        span = passage.sentences[position]
        score = round(float(candidate.sentence_scores[position]), 4)
        evidence.append(Evidence(span.start, span.end, span.of(article.text), score))
    return Hit(
        rank=rank,
        score=round(candidate.score, 4),
        parts={name: round(part, 4) for name, part in candidate.parts.items()},
        passage_id=passage.id,
        article_id=article.id,
        title=article.title,
        url=article.url,
        source=article.source,
        published_at=article.published_at,
        language=article.language,
        start=passage.start,
        end=passage.end,
        text=article.text[passage.start : passage.end],
        evidence=tuple(evidence),
        also_at=others.get(article.id, ()),
        page=article.page_of(passage.start),
    )
