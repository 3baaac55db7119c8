"""Which of the articles that have come answer a question that was asked before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answering.ask import ask
from rag.collection.collection import Collection
from rag.text.names.matching import names_in
from tamngu.records.answer import Answer
from tamngu.records.citation import Citation
from tamngu.records.request import AskRequest

_ROUNDS = 10
"""Times that a question is asked about the same articles, each time about those that are left.
Chosen manually, not tuned."""

_READ = 50_000
"""Characters of an article in which names are looked for; that takes about .1 s. Chosen manually,
not tuned."""

MOST = 10_000
"""Articles that are looked through at a time: a request can name so many."""


@dataclass(frozen=True)
class NewAnswer:
    """An article that answers.

    Attributes:
        citation: its sentence that answers.
        source: who published it.
        answer: the short answer in it, or None.
        confidence: that it answers, 0 to 1.
    """

    citation: Citation
    source: str | None
    answer: str | None
    confidence: float


def answers_among(
    collection: Collection, request: AskRequest, article_ids: Sequence[str]
) -> Iterator[NewAnswer]:
    """Yield those of the articles that answer a question, each with the sentence that does.

    Args:
        collection: that holds the articles.
        request: the question, with the conditions that articles have to meet.
        article_ids: of the articles, at most :data:`MOST`.

    Raises:
        BadQuestion: the question is longer than the model reads.
    """
    named = {name.forms["en"][0] for name in names_in(request.question)}
    left = list(article_ids)
    for _ in range(_ROUNDS):
        if not left:
            return
        answer = ask(collection, replace(request, article_ids=left))
        if answer.abstained:
            return
        found = {each.citation.article_id: each for each in _found(answer)}
        yield from (each for each in found.values() if _mentions(collection, each, named))
        left = [each for each in left if each not in found]


def _mentions(collection: Collection, found: NewAnswer, named: set[str]) -> bool:
    """Tell whether an article mentions all names of the question, in any of the three languages.

    What is asked about one country is often said of another one in the same words. In a search
    the article about the right one comes first; among a few new articles there may be none.
    """
    article = collection.catalog.articles.get(found.citation.article_id)
    if article is None:
        return False
    text = f"{article.title}\n{article.text[:_READ]}"
    return named <= {name.forms["en"][0] for name in names_in(text)}


def _found(answer: Answer) -> Iterator[NewAnswer]:
    """Yield what the articles say that an answer cites; the first sentence of each comes last."""
    said = {marker: each.text for each in answer.answers for marker in each.citations}
    proven = [each for each in answer.citations if each.marker in said]
    sources = {hit.article_id: hit.source for hit in answer.hits}
    # Without a short answer, the best quote answers, and the others may only be near.
    for citation in reversed(proven or answer.citations[:1]):
        yield NewAnswer(
            citation, sources.get(citation.article_id), said.get(citation.marker), answer.confidence
        )
