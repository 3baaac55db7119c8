"""The article of a law that a question asks for by its number comes first.

"What does Article 3 say?" has no word of that article, and neither its vectors nor its words tell
which passage is meant. The headings above a passage do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType

import numpy as np

from rag.catalog.catalog import Catalog
from rag.records.passage import Passage
from rag.retrieval.passage_scorer import Candidate
from rag.retrieval.question import EncodedQuestion
from rag.text.provisions.asked import AskedProvision, asked_provision
from rag.text.provisions.in_text import provision_text
from rag.text.span import Span
from rag.text.terms import terms
from tamngu.records.article import Article

ASKED_FOR = 10.0
"""Standard deviations that are added to the passages of a provision whose text is asked for: more
than what passages differ by."""

NAMED = 0.5
"""What is added where a question only names the provision, as to articles of the day that it
names. Chosen manually, not tuned, and so are the others."""

_OWN = 3.0
"""What is added to a provision in the question's own language."""

_TITLED = 2.0
"""What is added if the title has all that the question says beside the number."""

_LATER = 0.01
"""By how much each sentence is worth less than the one before it, if its text is quoted."""

_ARTICLES = 50
"""Articles, the best first, in which the provision is looked for."""


@dataclass(frozen=True)
class ProvisionPlace:
    """Where a passage has the text of the provision that is asked for.

    Attributes:
        span: offsets into the article's text.
        is_quoted: whether the question says no more than the number, and words of the title: the
            text itself is the answer.
    """

    span: Span
    is_quoted: bool


def with_provision_first(
    catalog: Catalog, ranked: Sequence[Candidate], question: EncodedQuestion
) -> tuple[list[Candidate], dict[int, ProvisionPlace]]:
    """Return candidates, those of the provision that a question names higher than others.

    Passages of it that are no candidates yet are added, without parts of their own.

    Args:
        catalog: where passages and articles are read.
        ranked: candidates, best first.
        question: what is asked.

    Returns:
        the candidates, best first, and where those of the provision have its text, by their keys;
        empty where the question only names a provision, or none.
    """
    asked = asked_provision(question.text)
    if asked is None or not ranked:
        return list(ranked), {}
    passages = catalog.passages.get_many([each.key for each in ranked])
    ids = dict.fromkeys(passages[each.key].article_id for each in ranked)
    candidates = {each.key: each for each in ranked}
    places: dict[int, ProvisionPlace] = {}
    for article in catalog.articles.get_many(list(islice(ids, _ARTICLES))):
        spans = provision_text(article.text, asked)
        if not spans:
            continue
        titled = _titled(asked, article)
        own = _OWN if article.language == question.language else 0.0
        boost = ASKED_FOR + _TITLED * titled + own if asked.for_text else NAMED
        is_quoted = asked.for_text and (titled == 1 or not asked.rest)
        keys = catalog.passages.keys_of([article.id]).tolist()
        for key, passage in catalog.passages.get_many(keys).items():
            span = next((each for each in spans if _overlap(each, passage)), None)
            if span is None:
                continue
            candidate = candidates.get(key) or _unranked(key, passage, ranked)
            candidates[key] = _boosted(candidate, passage, span, boost, is_quoted=is_quoted)
            if asked.for_text:
                places[key] = ProvisionPlace(span, is_quoted)
    order = sorted(candidates.values(), key=lambda each: (-each.score, each.key))
    return order, places


def _titled(asked: AskedProvision, article: Article) -> float:
    """Return the share of a question's words beside the number that the title has."""
    rest = set(terms(asked.rest, article.language).words)
    title = set(terms(article.title, article.language).words)
    return len(rest & title) / len(rest) if rest else 0.0


def _unranked(key: int, passage: Passage, ranked: Sequence[Candidate]) -> Candidate:
    """Return a candidate as good as the last one that was ranked."""
    score = ranked[-1].score
    scores = np.full(len(passage.sentences), score, dtype=np.float32)
    return Candidate(key, passage.language, score, {}, scores)


def _boosted(
    candidate: Candidate, passage: Passage, span: Span, boost: float, *, is_quoted: bool
) -> Candidate:
    """Return a candidate with its score, and those of the sentences of the provision, higher."""
    inside = np.array([_overlap(span, each) for each in passage.sentences], dtype=np.float32)
    scores = candidate.sentence_scores
    if is_quoted:
        # No sentence is more like a number than another one.
        later = _LATER * np.arange(len(scores), dtype=np.float32)
        scores = np.where(inside > 0, np.float32(candidate.score) - later, scores)
        boost -= _LATER * max(0, passage.start - span.start) / max(1, span.end - span.start)
    return replace(
        candidate,
        score=candidate.score + boost,
        parts={**candidate.parts, "provision": boost},
        sentence_scores=(scores + np.float32(boost) * inside).astype(np.float32),
    )


def _overlap(span: Span, other: Span | Passage) -> bool:
    return span.start < other.end and other.start < span.end


def sentences_of(place: ProvisionPlace, sentences: Sequence[Span]) -> list[int]:
    """Return which sentences of a passage belong to the provision, by their positions."""
    return [n for n, each in enumerate(sentences) if _overlap(place.span, each)]


Places = Mapping[int, ProvisionPlace]
"""Where passages have the text of the provision that is asked for, by their keys."""

NOWHERE: Places = MappingProxyType({})
"""The places where no provision is asked for."""
