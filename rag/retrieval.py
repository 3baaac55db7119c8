"""From a question to the best passages, whichever language they are in."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from embeddings import Vectors
from rag.article import Article, clean
from rag.catalog import Catalog
from rag.collection import Collection
from rag.errors import BadQuestion
from rag.fairness import Scores, fair_scores, scales
from rag.filter import NO_FILTER, Filter
from rag.hit import DEFAULT_K, MAX_K, Evidence, Hit, OtherPlace, SearchResult
from rag.language import identify, parse_tag
from rag.passage import Passage
from rag.snapshot import Snapshot

Ranking = Literal["fair", "plain", "words"]
"""``fair``: passages and their sentences, on one scale for all languages. The baselines: ``plain``,
by the cosine of the passage alone; ``words``, by BM25, which finds a question's own language."""

MAX_QUESTION_CHARACTERS = 10_000

_CANDIDATES = 50
"""Passages of each language that the vector index hands on for scoring by sentences."""

_EVIDENCE = 2
"""Sentences shown with a hit, at most. Chosen on 1,000 questions of ViQuAD 2, CMRC 2018, DRCD and
SQuADShifts: with two to choose from, .82 have the answer among their quotes, with one .75."""


@dataclass(frozen=True)
class _Candidate:
    """A passage on its way to the ranking."""

    key: int
    score: float
    parts: dict[str, float]
    """See :class:`rag.hit.Hit`."""
    sentence_scores: Scores
    """What it would score with each of its sentences as the best, shape (n,)."""


def check_question(collection: Collection, question: str) -> str:
    """Return the question as it will be asked.

    Raises:
        BadQuestion: it is empty, or longer than the model reads.
    """
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise BadQuestion(
            f"The question has {len(question):,} characters; at most {MAX_QUESTION_CHARACTERS:,} "
            "can be asked."
        )
    question = " ".join(clean(question).split())
    if not any(character.isalnum() for character in question):
        raise BadQuestion("The question is empty: ask something in words.")
    tokens = collection.encoder.count_tokens([question])[0]
    limit = collection.encoder.max_question_tokens
    if tokens > limit:
        raise BadQuestion(
            f"The question has {tokens} tokens; the model reads at most {limit}. Shorten it."
        )
    return question


def search(
    collection: Collection,
    question: str,
    *,
    k: int = DEFAULT_K,
    language: str | None = None,
    languages: Sequence[str] | None = None,
    chosen: Filter = NO_FILTER,
    copies: bool = False,
    ranking: Ranking = "fair",
) -> SearchResult:
    """Return the ``k`` best passages for a question.

    Args:
        collection: where to look.
        question: in any language.
        k: hits wanted, 1 to :data:`rag.hit.MAX_K`.
        language: the question's language where the caller knows it; default: identified.
        languages: languages of passages to look at; default: all.
        chosen: what else the passages' articles have to be.
        copies: show every article of a story that several tell, not the best-placed one alone.
        ranking: what the passages are ordered by.

    Raises:
        BadQuestion: the question cannot be asked.
        ValueError: k or a language is none.
    """
    started = time.perf_counter()
    if not 1 <= k <= MAX_K:
        raise ValueError(f"k is {k}; it goes from 1 to {MAX_K}.")
    question = check_question(collection, question)
    asked_in = parse_tag(language) if language else identify(question)
    vector = collection.encoder.encode_questions([question])
    if languages is not None:
        chosen = replace(chosen, languages=[parse_tag(name).code for name in languages])
    with collection.reading() as snapshot:
        found = _candidates(snapshot, question, vector, chosen, k, ranking)
        best = sorted(found, key=lambda c: (-c.score, c.key))
        hits = _hits(collection.catalog, best, k, copies)
    took_ms = round((time.perf_counter() - started) * 1000, 1)
    return SearchResult(question, asked_in.code, took_ms, hits)


def _candidates(
    snapshot: Snapshot, question: str, vector: Vectors, chosen: Filter, k: int, ranking: Ranking
) -> list[_Candidate]:
    """Score the nearest passages of each language; ``vector`` has shape (1, dim)."""
    samples = {
        language: background.scores(vector) for language, background in snapshot.backgrounds.items()
    }
    if not samples:
        return []
    of_dense = scales({language: sample[0] for language, sample in samples.items()})
    of_sentence = scales({language: sample[1] for language, sample in samples.items()})
    candidates: list[_Candidate] = []
    for language, view in sorted(snapshot.views.items()):
        if ranking == "words":
            matches = snapshot.match_words(question, max(_CANDIDATES, k), language, chosen)
            if not matches.keys.size:
                continue
            dense = view.vectors(matches.keys[0]) @ vector[0]
        else:
            matches = snapshot.search(vector, max(_CANDIDATES, k), language, chosen)
            dense = matches.scores[0]
        keys = matches.keys[0]
        for key, found, cosine, vectors in zip(
            keys.tolist(),
            matches.scores[0].tolist(),
            dense.tolist(),
            view.sentence_vectors(keys),
            strict=True,
        ):
            cosines = (vectors @ vector[0])[None]
            whole = np.full_like(cosines, cosine)
            fair = fair_scores(whole, cosines, of_dense[language], of_sentence[language])[0]
            parts = {"dense": cosine, "sentence": float(cosines.max())}
            if ranking == "words":
                parts["lexical"] = found
            score = float(fair.max()) if ranking == "fair" else found
            candidates.append(_Candidate(key, score, parts, fair))
    return candidates


def _hits(catalog: Catalog, ranked: Sequence[_Candidate], k: int, copies: bool) -> tuple[Hit, ...]:
    """Fetch what a reader needs to see of the k best, each story from one article only."""
    passages: dict[int, Passage] = {}
    kept: list[_Candidate] = []
    teller: dict[int, str] = {}
    stories: dict[str, int] = {}
    for start in range(0, len(ranked), k):
        if len(kept) == k:
            break
        some = ranked[start : start + k]
        passages |= catalog.passages([candidate.key for candidate in some])
        stories |= catalog.stories(sorted({passages[c.key].article_id for c in some}))
        for candidate in some:
            article_id = passages[candidate.key].article_id
            story = stories.get(article_id)
            first = article_id if story is None else teller.setdefault(story, article_id)
            if (copies or first == article_id) and len(kept) < k:
                kept.append(candidate)
    ids = sorted({passages[candidate.key].article_id for candidate in kept})
    articles = {article.id: article for article in catalog.articles(ids)}
    elsewhere = {} if copies else _elsewhere(catalog, {i: stories[i] for i in ids if i in stories})
    hits = []
    for rank, candidate in enumerate(kept, start=1):
        passage = passages[candidate.key]
        also_at = elsewhere.get(passage.article_id, ())
        hits.append(_hit(rank, candidate, passage, articles[passage.article_id], also_at))
    return tuple(hits)


def _elsewhere(catalog: Catalog, stories: dict[str, int]) -> dict[str, tuple[OtherPlace, ...]]:
    """Return, for articles that have a story, the others that tell it."""
    told = catalog.told_by(sorted(set(stories.values())))
    ids = [article_id for tellers in told.values() for article_id in tellers]
    others = {article.id: article for article in catalog.articles(ids)}
    return {
        article_id: tuple(
            OtherPlace(o.id, o.title, o.url, o.source, o.published_at)
            for o in (others[other] for other in told[story] if other != article_id)
        )
        for article_id, story in stories.items()
    }


def _hit(
    rank: int,
    candidate: _Candidate,
    passage: Passage,
    article: Article,
    also_at: tuple[OtherPlace, ...],
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
        also_at=also_at,
    )
