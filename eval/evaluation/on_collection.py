"""Ask a gold set about a collection's articles, by search and by ask as users do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from embeddings import Progress
from eval.evaluation.score_questions import QuestionOutcome
from eval.gold.gold_set import GoldSet, raise_faults
from eval.metrics.answers import score_answer
from eval.runs.run import RankedText
from rag import Collection, ask, search
from rag.errors import BadQuestion
from rag.retrieval.search import check_question
from tamngu.records.answer import Answer
from tamngu.records.hit import Hit
from tamngu.records.request import MAX_TOP_K, Ranking, SearchRequest


def with_stored_ids(collection: Collection, gold: GoldSet) -> GoldSet:
    """Return a gold set with the ids under which the collection has its articles.

    An id of a gold set may be written in another encoding of the same letters.
    """
    ids = sorted({each.article_id for question in gold.questions for each in question.relevant})
    stored = collection.catalog.articles.stored_ids(ids)
    return replace(
        gold,
        questions=tuple(
            replace(
                question,
                relevant=tuple(
                    replace(each, article_id=stored[each.article_id] or each.article_id)
                    for each in question.relevant
                ),
            )
            for question in gold.questions
        ),
    )


def article_languages(collection: Collection, gold: GoldSet) -> dict[str, str]:
    """Check that a gold set fits a collection; return the language of every article it names.

    Raises:
        BadGoldSet: the collection lacks articles or quotes, or a question is not valid; the message
            counts them.
    """
    raise_faults(gold.spec, list(_invalid_questions(collection, gold)))
    named = {relevant for question in gold.questions for relevant in question.relevant}
    ids = {each.article_id for each in named}
    articles = {
        article.id: article for article in collection.catalog.articles.get_many(sorted(ids))
    }
    missing = sorted(ids - articles.keys())
    if missing:
        raise_faults(
            f"{gold.spec} names {len(missing)} articles that the collection {collection.name!r} "
            "lacks (ingest them, or choose another collection)",
            [repr(name) for name in missing],
        )
    raise_faults(
        gold.spec,
        [
            f"the quote {each.quote[:40]!r} is not in the article {each.article_id!r}"
            for each in sorted(named, key=lambda each: each.article_id)
            if each.quote not in articles[each.article_id].text
        ],
    )
    return {name: article.language for name, article in articles.items()}


def _invalid_questions(collection: Collection, gold: GoldSet) -> Iterator[str]:
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
    top_k: int = MAX_TOP_K,
) -> Iterator[QuestionOutcome]:
    """Search for every question, and ask it.

    Articles are ranked, each at the rank of its best passage. The best passages of ``hybrid`` are
    read if the collection has a reader.

    Args:
        collection: open.
        gold: about its articles.
        languages: see :func:`article_languages`.
        ranking: order of the passages. Only ``hybrid`` also asks.
        progress: called after each question.
        top_k: passages of each search.
    """
    for question in gold.questions:
        request = SearchRequest(
            question.text,
            top_k=top_k,
            ranking=ranking,
            include_duplicates=True,
            read=ranking == "hybrid",
        )
        found = search(collection, request)
        single = {
            language: [
                text.id
                for text in _articles(
                    search(collection, replace(request, languages=[language])).hits
                )
            ]
            for language in sorted({languages[r.article_id] for r in question.relevant})
        }
        answer = ask(collection, question.text) if ranking == "hybrid" else None
        yield QuestionOutcome(
            found=_articles(found.hits),
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


def _articles(hits: Sequence[Hit]) -> list[RankedText]:
    """Return the articles in the order of their best passages."""
    best: dict[str, RankedText] = {}
    for hit in hits:
        best.setdefault(hit.article_id, RankedText(hit.article_id, hit.language, hit.text))
    return list(best.values())


def _texts(collection: Collection, answer: Answer) -> dict[str, str]:
    """Return the texts of the articles that an answer cites, by id."""
    ids = sorted({citation.article_id for citation in answer.citations})
    return {article.id: article.text for article in collection.catalog.articles.get_many(ids)}
