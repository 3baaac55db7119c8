"""The whole pipeline on a collection: a gold set's questions searched and answered for real."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from statistics import mean
from typing import Any

from eval.gold import BadGoldSet, GoldQuestion
from eval.metrics import MIXED, SINGLE, measure
from rag import Answer, Collection, ask, search
from rag.retrieval import MAX_K

_DEPTH = 10


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
    plain: bool,
    on_question: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """Search and ask every question; return the figures as the command prints them.

    The unit is the article: it ranks where its first passage does. ``single`` looks only at
    articles of one language, ``mixed`` at all; unanswerable questions count in ``answers`` alone.
    """
    check(collection, questions)
    languages = sorted(collection.catalog.counts())
    language_of = {
        relevant.article_id: article.language
        for question in questions
        for relevant in question.relevant
        if (article := collection.catalog.article(relevant.article_id)) is not None
    }
    single: dict[tuple[str, str], dict[str, dict[str, float]]] = {
        pair: {} for pair in product(languages, languages)
    }
    mixed: dict[str, dict[str, float]] = {}
    same: dict[str, float] = {}
    answers: dict[str, Answer] = {}
    for question in questions:
        if question.relevant:
            found = search(collection, question.text, k=MAX_K, plain=plain)
            mixed[question.id] = _articles(found.hits)
            first = found.hits[:_DEPTH]
            same[question.id] = mean(hit.language == question.language for hit in first)
            for language in {language_of[r.article_id] for r in question.relevant}:
                found = search(
                    collection, question.text, k=MAX_K, languages=[language], plain=plain
                )
                single[question.language, language][question.id] = _articles(found.hits)
        answers[question.id] = ask(collection, question.text)
        on_question()
    relevant = {q.id: [r.article_id for r in q.relevant] for q in questions if q.relevant}
    return {
        "single": {
            f"{asked}->{answered}": measure(
                SINGLE,
                {
                    name: [
                        article for article in relevant[name] if language_of[article] == answered
                    ]
                    for name in found
                },
                found,
            )
            for (asked, answered), found in single.items()
            if found
        },
        "mixed": {
            language: _mixed(
                relevant, mixed, same, [q for q in questions if q.language == language]
            )
            for language in languages
        },
        "tags": {
            tag: _mixed(relevant, mixed, same, [q for q in questions if tag in q.tags])
            for tag in sorted({tag for q in questions if q.relevant for tag in q.tags})
        },
        "answers": _answers(collection, questions, answers),
    }


def _articles(hits: Sequence[Any]) -> dict[str, float]:
    """Return each article's score: that of its best passage."""
    best: dict[str, float] = {}
    for hit in hits:
        best.setdefault(hit.article_id, -float(hit.rank))
    return best


def _mixed(
    relevant: dict[str, list[str]],
    found: dict[str, dict[str, float]],
    same: dict[str, float],
    questions: Sequence[GoldQuestion],
) -> dict[str, float]:
    ids = [question.id for question in questions if question.relevant]
    figures = measure(
        MIXED, {name: relevant[name] for name in ids}, {name: found[name] for name in ids}
    )
    share = round(mean(same[name] for name in ids), 4)
    return {"questions": len(ids)} | figures | {"same_language_share@10": share}


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
