"""From a question to the best passages, whichever language they are in."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.catalog.catalog import Catalog
from rag.collection.collection import Collection
from rag.errors import BadQuestion
from rag.records.passage import Passage
from rag.retrieval.baselines import rank_by_baseline
from rag.retrieval.question import encode_questions
from rag.retrieval.ranking import Candidate, rank
from rag.stages import stage
from rag.text.cleaning import clean
from rag.text.language import identify
from tamngu.records.article import Article
from tamngu.records.filter import NO_FILTER, Filter
from tamngu.records.hit import Evidence, Hit, OtherPlace, SearchResult
from tamngu.records.language import parse_tag
from tamngu.records.request import DEFAULT_K, MAX_K, MAX_QUESTION_CHARACTERS, Prefer, Ranking

_NEAR_TIE = 0.5
"""Standard deviations that the question's own language is given ahead where it is preferred. Set
by hand."""

_EVIDENCE = 2
"""Sentences shown with a hit, at most. Chosen on 1,000 questions of ViQuAD 2, CMRC 2018, DRCD and
SQuADShifts: with two to choose from, .82 have the answer among their quotes, with one .75."""


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
    prefer: Prefer | None = None,
    chosen: Filter = NO_FILTER,
    copies: bool = False,
    ranking: Ranking = "fair",
) -> SearchResult:
    """Return the ``k`` best passages for a question.

    Args:
        collection: where to look.
        question: in any language.
        k: hits wanted, 1 to :data:`tamngu.records.request.MAX_K`.
        language: the question's language where the caller knows it; default: identified.
        languages: languages of passages to look at; default: all.
        prefer: ``own`` puts the question's own language first where scores hardly differ; default:
            the best passage wins, whichever language it is in.
        chosen: what else the passages' articles have to be.
        copies: show every article of a story that several tell, not the best-placed one alone.
        ranking: what the passages are ordered by.

    Raises:
        BadQuestion: the question cannot be asked.
        ValueError: k or a language is none.
    """
    started = time.perf_counter()
    found = find(
        collection,
        question,
        k=k,
        language=language,
        languages=languages,
        prefer=prefer,
        chosen=chosen,
        copies=copies,
        ranking=ranking,
    )
    took_ms = round((time.perf_counter() - started) * 1000, 1)
    return SearchResult(found.question, found.language, took_ms, found.hits)


@dataclass(frozen=True)
class Found:
    """What was found, with what the hits were taken from.

    Attributes:
        question: as it was asked.
        language: the question's.
        ranked: all candidates, best first.
        passages: how many there were to look at, by all that was asked for but filters.
        hits: the best, one of each story.
    """

    question: str
    language: str
    ranked: Sequence[Candidate]
    passages: int
    hits: tuple[Hit, ...]


def find(
    collection: Collection,
    question: str,
    *,
    k: int = DEFAULT_K,
    language: str | None = None,
    languages: Sequence[str] | None = None,
    prefer: Prefer | None = None,
    chosen: Filter = NO_FILTER,
    copies: bool = False,
    ranking: Ranking = "fair",
) -> Found:
    """Do what :func:`search` does, and return more of it. Arguments and errors are its."""
    if not 1 <= k <= MAX_K:
        raise ValueError(f"k is {k}; it goes from 1 to {MAX_K}.")
    with stage("question"):
        question = check_question(collection, question)
        asked_in = (parse_tag(language) if language else identify(question)).code
        (asked,) = encode_questions(
            collection.encoder, [(question, asked_in)], as_typed=ranking != "fair"
        )
    if languages is not None:
        chosen = replace(chosen, languages=[parse_tag(name).code for name in languages])
    with collection.reading() as snapshot:
        with stage("ranking"):
            if ranking == "fair":
                ranked = rank(snapshot, asked, collection.calibration, chosen, k)
            else:
                ranked = rank_by_baseline(snapshot, asked, ranking, chosen, k)
        if prefer == "own":
            ranked.sort(key=lambda c: -c.score - (_NEAR_TIE if c.language == asked_in else 0))
        passages = sum(
            count
            for name, count in snapshot.languages().items()
            if chosen.languages is None or name in chosen.languages
        )
        with stage("hits"):
            hits = _hits(collection.catalog, ranked, k, copies)
    return Found(question, asked_in, ranked, passages, hits)


def _hits(catalog: Catalog, ranked: Sequence[Candidate], k: int, copies: bool) -> tuple[Hit, ...]:
    """Fetch what a reader needs to see of the k best, each story from one article only."""
    passages: dict[int, Passage] = {}
    kept: list[Candidate] = []
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
    for place, candidate in enumerate(kept, start=1):
        passage = passages[candidate.key]
        also_at = elsewhere.get(passage.article_id, ())
        hits.append(_hit(place, candidate, passage, articles[passage.article_id], also_at))
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
    candidate: Candidate,
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
        page=article.page_of(passage.start),
    )
