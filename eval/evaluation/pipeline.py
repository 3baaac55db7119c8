"""The whole pipeline on a collection: a gold set's questions searched and answered for real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from eval.gold.gold_set import GoldSet, refuse
from eval.gold.ready_made import Progress
from eval.metrics.answers import score_answer
from eval.metrics.scoring import Ranked
from eval.runs.run import Place
from rag import Collection, ask, search
from rag.errors import BadQuestion
from rag.retrieval.search import check_question
from tamngu.records.answer import Answer
from tamngu.records.hit import Hit
from tamngu.records.request import MAX_K, Ranking


def fit(collection: Collection, gold: GoldSet) -> dict[str, str]:
    """Return the language of every article that the gold set names.

    Raises:
        BadGoldSet: an article, or a quote in one, is not in the collection, or a question cannot be
            asked; they are counted.
    """
    refuse(gold.spec, list(_unaskable(collection, gold)))
    named = {relevant for question in gold.questions for relevant in question.relevant}
    articles = {
        article.id: article
        for article in collection.catalog.articles(sorted({each.article_id for each in named}))
    }
    missing = sorted({each.article_id for each in named} - articles.keys())
    if missing:
        refuse(
            f"{gold.spec} names {len(missing)} articles that the collection {collection.name!r} "
            "lacks (ingest them, or choose another collection)",
            [repr(name) for name in missing],
        )
    refuse(
        gold.spec,
        [
            f"the quote {each.quote[:40]!r} does not stand in {each.article_id!r}"
            for each in sorted(named, key=lambda each: each.article_id)
            if each.quote not in articles[each.article_id].text
        ],
    )
    return {name: article.language for name, article in articles.items()}


def _unaskable(collection: Collection, gold: GoldSet) -> Iterator[str]:
    for question in gold.questions:
        try:
            check_question(collection, question.text)
        except BadQuestion as error:
            yield f"{question.text[:40]!r}: {str(error).rstrip('.')}"


def rank_all(
    collection: Collection,
    gold: GoldSet,
    languages: Mapping[str, str],
    ranking: Ranking,
    progress: Progress,
    *,
    k: int = MAX_K,
) -> Iterator[Ranked]:
    """Search and ask every question.

    The unit is the article: it ranks where its first passage does.

    Args:
        collection: open.
        gold: about its articles.
        languages: see :func:`fit`.
        ranking: what passages are ordered by.
        progress: called after each question.
        k: passages searched for.
    """
    for question in gold.questions:
        found = search(
            collection,
            question.text,
            k=k,
            ranking=ranking,
            copies=True,
        )
        single = {
            language: [
                place.id
                for place in _articles(
                    search(
                        collection,
                        question.text,
                        k=k,
                        languages=[language],
                        ranking=ranking,
                        copies=True,
                    ).hits
                )
            ]
            for language in sorted({languages[r.article_id] for r in question.relevant})
        }
        answer = ask(collection, question.text) if ranking == "fair" else None
        yield Ranked(
            places=_articles(found.hits),
            single=single,
            took_ms=found.took_ms,
            confidence=answer.confidence if answer is not None else None,
            answer=(
                score_answer(question, answer, _texts(collection, answer))
                if answer is not None
                else None
            ),
        )
        progress(1)


def _articles(hits: Sequence[Hit]) -> list[Place]:
    """Return the articles in the order of their best passages."""
    best: dict[str, Place] = {}
    for hit in hits:
        best.setdefault(hit.article_id, Place(hit.article_id, hit.language, hit.text))
    return list(best.values())


def _texts(collection: Collection, answer: Answer) -> dict[str, str]:
    """Return the texts of articles that an answer cites."""
    ids = sorted({citation.article_id for citation in answer.citations})
    return {article.id: article.text for article in collection.catalog.articles(ids)}
