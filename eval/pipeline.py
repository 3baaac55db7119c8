"""The whole pipeline on a collection: a gold set's questions searched and answered for real."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import mean
from typing import Any

from eval.gold import BadGoldSet, GoldQuestion
from eval.metrics import MIXED, SINGLE, means, measure
from rag import Answer, Collection, Hit, ask, search
from rag.hit import MAX_K
from rag.retrieval import Ranking

_DEPTH = 10

Ranked = dict[str, float]
"""Article ids with the scores they are ranked by."""


def check(collection: Collection, questions: Sequence[GoldQuestion]) -> None:
    """See that every article and quote that the gold set names is in the collection.

    Raises:
        BadGoldSet: some are not; the message counts them and names the first.
    """
    named = {relevant for question in questions for relevant in question.relevant}
    texts = {
        article_id: article.text
        for article_id in {relevant.article_id for relevant in named}
        if (article := collection.catalog.article(article_id)) is not None
    }
    missing = sorted({r.article_id for r in named} - texts.keys())
    if missing:
        raise BadGoldSet(
            f"The gold set names {len(missing)} articles that the collection "
            f"{collection.name!r} lacks, {missing[0]!r} first: ingest them, or choose another "
            "with --collection."
        )
    unquoted = sorted(r.article_id for r in named if r.quote not in texts[r.article_id])
    if unquoted:
        raise BadGoldSet(
            f"{len(unquoted)} quotes of the gold set do not stand in their articles, the first in "
            f"{unquoted[0]!r}."
        )


def run(
    collection: Collection,
    questions: Sequence[GoldQuestion],
    *,
    ranking: Ranking,
    on_question: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """Search and ask every question; return the figures as the command prints them.

    The unit is the article: it ranks where its first passage does. ``single`` looks only at
    articles of one language, ``mixed`` at all; unanswerable questions count in ``answers`` alone.
    """
    check(collection, questions)
    found = _Found()
    for question in questions:
        if question.relevant:
            _search(collection, question, ranking, found)
        found.answers[question.id] = ask(collection, question.text)
        on_question()
    single = {
        f"{asked}->{answered}": measure(SINGLE, found.wanted[asked, answered], ranked)
        for (asked, answered), ranked in sorted(found.single.items())
    }
    answerable = [question for question in questions if question.relevant]
    mixed = {
        language: _mixed(found, [q for q in answerable if q.language == language])
        for language in sorted({q.language for q in answerable})
    }
    return {
        "single": single,
        "mixed": mixed,
        "mean": means(single, mixed),
        "tags": {
            tag: _mixed(found, [q for q in answerable if tag in q.tags])
            for tag in sorted({tag for q in answerable for tag in q.tags})
        },
        "answers": _answers(collection, questions, found.answers),
    }


@dataclass
class _Found:
    """What a run gathers, by question id: article scores, shares, answers.

    ``single`` and ``wanted`` are kept by question language and article language.
    """

    single: dict[tuple[str, str], dict[str, Ranked]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    wanted: dict[tuple[str, str], dict[str, list[str]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    mixed: dict[str, Ranked] = field(default_factory=dict)
    same: dict[str, float] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)


def _search(
    collection: Collection, question: GoldQuestion, ranking: Ranking, found: _Found
) -> None:
    """Search all articles, and those of each language that answers the question."""
    hits = search(collection, question.text, k=MAX_K, ranking=ranking, copies=True).hits
    found.mixed[question.id] = _articles(hits)
    found.same[question.id] = mean(hit.language == question.language for hit in hits[:_DEPTH])
    by_language: dict[str, list[str]] = defaultdict(list)
    for article in collection.catalog.articles([r.article_id for r in question.relevant]):
        by_language[article.language].append(article.id)
    for language, wanted in by_language.items():
        hits = search(
            collection,
            question.text,
            k=MAX_K,
            languages=[language],
            ranking=ranking,
            copies=True,
        ).hits
        found.single[question.language, language][question.id] = _articles(hits)
        found.wanted[question.language, language][question.id] = wanted


def _articles(hits: Sequence[Hit]) -> Ranked:
    """Return each article's score: that of its best passage."""
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(hit.article_id, -float(hit.rank))
    return best


def _mixed(found: _Found, questions: Sequence[GoldQuestion]) -> dict[str, float]:
    figures = measure(
        MIXED,
        {q.id: [r.article_id for r in q.relevant] for q in questions},
        {q.id: found.mixed[q.id] for q in questions},
    )
    share = round(mean(found.same[q.id] for q in questions), 4)
    return {"questions": len(questions)} | figures | {"same_language_share@10": share}


def _answers(
    collection: Collection, questions: Sequence[GoldQuestion], answers: dict[str, Answer]
) -> dict[str, float]:
    """Measure what was quoted: whether it overlaps a gold quote, and whether it stands there."""
    answerable = [q for q in questions if q.relevant]
    unanswerable = [q for q in questions if not q.relevant]
    citations = [citation for answer in answers.values() for citation in answer.citations]
    verified = 0
    for citation in citations:
        article = collection.catalog.article(citation.article_id)
        verified += article is not None and (
            article.text[citation.start : citation.end] == citation.quote
        )
    first = [_quotes_gold(collection, q, answers[q.id], 1) for q in answerable]
    any_of = [_quotes_gold(collection, q, answers[q.id], None) for q in answerable]
    return {
        "answerable": len(answerable),
        "first_citation_right": _share(first),
        "any_citation_right": _share(any_of),
        "citations": len(citations),
        "citations_verified": verified,
        "abstained_answerable": _share([answers[q.id].abstained for q in answerable]),
        "abstained_unanswerable": _share([answers[q.id].abstained for q in unanswerable]),
    }


def _quotes_gold(
    collection: Collection, question: GoldQuestion, answer: Answer, first: int | None
) -> bool:
    """Tell whether one of the first citations overlaps a gold quote in its article."""
    for citation in answer.citations[:first]:
        for relevant in question.relevant:
            article = collection.catalog.article(relevant.article_id)
            if article is None or article.id != citation.article_id:
                continue
            start = article.text.index(relevant.quote)
            if start < citation.end and citation.start < start + len(relevant.quote):
                return True
    return False


def _share(values: Sequence[bool]) -> float:
    return round(mean(values), 4) if values else 0.0
