"""From a question to the best passages, whichever language they are in."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings import Vectors
from rag.article import Article, clean
from rag.catalog import Catalog
from rag.collection import Collection
from rag.errors import BadQuestion
from rag.fairness import Background, Scores, fair_scores, scales
from rag.hit import DEFAULT_K, MAX_K, Evidence, Hit, SearchResult
from rag.language import identify, parse_tag
from rag.passage import Passage
from rag.vector_index import VectorIndex

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
    dense: float
    sentence: float
    """Cosine of its best sentence."""
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
    plain: bool = False,
) -> SearchResult:
    """Return the ``k`` best passages for a question.

    Args:
        collection: where to look.
        question: in any language.
        k: hits wanted, 1 to :data:`rag.hit.MAX_K`.
        language: the question's language where the caller knows it; default: identified.
        languages: languages of passages to look at; default: all.
        plain: rank by plain cosine of the passages alone, the baseline.

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
    with collection.reading() as (index, backgrounds):
        wanted = sorted(index.languages())
        if languages is not None:
            chosen = {parse_tag(name).code for name in languages}
            wanted = [name for name in wanted if name in chosen]
        found = _candidates(collection.catalog, index, backgrounds, vector, wanted, k, plain)
        best = sorted(found, key=lambda c: (-c.score, c.key))[:k]
        hits = _hits(collection.catalog, best)
    took_ms = round((time.perf_counter() - started) * 1000, 1)
    return SearchResult(question, asked_in.code, took_ms, hits)


def _candidates(
    catalog: Catalog,
    index: VectorIndex,
    backgrounds: Mapping[str, Background],
    question: Vectors,
    languages: Sequence[str],
    k: int,
    plain: bool,
) -> list[_Candidate]:
    """Score the nearest passages of each language; ``question`` has shape (1, dim)."""
    if not languages:
        return []
    samples = {
        language: background.scores(question) for language, background in backgrounds.items()
    }
    of_dense = scales({language: sample[0] for language, sample in samples.items()})
    of_sentence = scales({language: sample[1] for language, sample in samples.items()})
    candidates: list[_Candidate] = []
    for language in languages:
        matches = index.search(question, max(_CANDIDATES, k), language)
        keys, dense = matches.keys[0].tolist(), matches.scores[0].tolist()
        for key, cosine, vectors in zip(keys, dense, catalog.sentence_vectors(keys), strict=True):
            cosines = (vectors @ question[0])[None]
            whole = np.full_like(cosines, cosine)
            fair = fair_scores(whole, cosines, of_dense[language], of_sentence[language])[0]
            score = cosine if plain else float(fair.max())
            candidates.append(_Candidate(key, score, cosine, float(cosines.max()), fair))
    return candidates


def _hits(catalog: Catalog, best: Sequence[_Candidate]) -> tuple[Hit, ...]:
    """Fetch what a reader needs to see of each candidate."""
    passages = catalog.passages([candidate.key for candidate in best])
    ids = sorted({passage.article_id for passage in passages.values()})
    articles = {article.id: article for article in catalog.articles(ids)}
    hits = []
    for rank, candidate in enumerate(best, start=1):
        passage = passages[candidate.key]
        hits.append(_hit(rank, candidate, passage, articles[passage.article_id]))
    return tuple(hits)


def _hit(rank: int, candidate: _Candidate, passage: Passage, article: Article) -> Hit:
    order = np.argsort(-candidate.sentence_scores, kind="stable")[:_EVIDENCE]
    evidence = []
    for position in order.tolist():
        span = passage.sentences[position]
        score = round(float(candidate.sentence_scores[position]), 4)
        evidence.append(Evidence(span.start, span.end, span.of(article.text), score))
    return Hit(
        rank=rank,
        score=round(candidate.score, 4),
        parts={
            "dense": round(candidate.dense, 4),
            "sentence": round(candidate.sentence, 4),
        },
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
    )
