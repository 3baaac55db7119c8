"""Questions that a collection answers, made of sentences of its articles."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.collection.collection import Collection
from rag.retrieval.conditions import in_words_of
from rag.retrieval.search import find
from rag.stages import check
from rag.text.chinese import simplified
from rag.text.clozes.questions import questions_of
from rag.text.sentences import sentences
from tamngu.records.article import Article
from tamngu.records.filter import Filter
from tamngu.records.request import SearchRequest

_NEWEST = 60
"""Articles of which questions are made where none is asked. Chosen manually, not tuned."""

_READ = 3000
"""Characters of an article of which questions are made."""

_HITS = 20
"""Passages of which questions are made that are related to one. Chosen manually, not tuned."""

_ANSWERED = 0.5
"""Probability, by the reader, from which on the sentence answers the question that was made of it.
Chosen manually, not tuned."""

_TRIED = 4
"""Questions that are tried for each that is wanted."""


@dataclass(frozen=True)
class Suggestion:
    """A question that an article answers.

    Attributes:
        question: in the language of the article.
        language: its code.
        script: of a Chinese one, else None.
        article_id: the article.
    """

    question: str
    language: str
    script: str | None
    article_id: str


def related_questions(
    collection: Collection, request: SearchRequest, limit: int
) -> list[Suggestion]:
    """Return questions that are answered near the answer to another one, the nearest first.

    They are of the passages that a search finds; of each article at most one.

    Args:
        collection: that answers.
        request: the question that was asked.
        limit: questions wanted.

    Raises:
        BadQuestion: the question is empty, or longer than the model reads.
    """
    found = find(collection, replace(request, top_k=_HITS, read=False))
    articles = {
        each.id: each
        for each in collection.catalog.articles.get_many(
            list(dict.fromkeys(hit.article_id for hit in found.hits))
        )
    }
    own = [hit for hit in found.hits if hit.language == found.language]
    # Those in the language of the question come first, because a person asks in it.
    texts = (
        (articles[hit.article_id], hit.text)
        for hit in (*own, *(hit for hit in found.hits if hit.language != found.language))
        if hit.article_id in articles
    )
    asked = _words(found.question)
    made = (each for each in _made(texts) if not _is_same(_words(each[0].question), asked))
    return _answered(collection, made, limit)


def example_questions(
    collection: Collection, filters: Filter, tags: Sequence[str] | None, limit: int
) -> list[Suggestion]:
    """Return questions that the newest articles answer, of each article at most one.

    Args:
        collection: that answers.
        filters: conditions on the articles, as a person wrote them.
        tags: the language tags that were given for ``filters.languages``.
        limit: questions wanted.
    """
    catalog = collection.catalog
    with collection.reading() as snapshot:
        met = in_words_of(snapshot, catalog.articles, filters, tags).filters
        ids = catalog.articles.newest(_NEWEST, met)
    articles = {each.id: each for each in catalog.articles.get_many(ids)}
    ordered = [articles[each] for each in ids if each in articles]
    # The same collection gives the same examples, but not all from one day.
    random.Random(len(ordered)).shuffle(ordered)
    texts = ((article, article.text[:_READ]) for article in ordered)
    return _answered(collection, _made(texts), limit)


def _made(texts: Iterator[tuple[Article, str]]) -> Iterator[tuple[Suggestion, str]]:
    """Yield questions with their sentences, of each article those of its first fit sentence."""
    done: set[str] = set()
    for article, text in texts:
        if article.id in done:
            continue
        for span in sentences(text):
            sentence = span.of(text)
            made = next(questions_of(sentence, article.language), None)
            if made is not None:
                done.add(article.id)
                yield Suggestion(made, article.language, article.script, article.id), sentence
                break


def _answered(
    collection: Collection, made: Iterator[tuple[Suggestion, str]], limit: int
) -> list[Suggestion]:
    """Return the first questions that their sentences answer, as the reader sees it."""
    kept: list[Suggestion] = []
    for tried, (suggestion, sentence) in enumerate(made):
        if len(kept) == limit or tried == _TRIED * limit:
            break
        check()
        reader = collection.reader
        if reader is not None:
            question = simplified(suggestion.question)
            (reading,) = reader.read(question, [simplified(sentence)])
            if reading.answerable < _ANSWERED:
                continue
        kept.append(suggestion)
    return kept


def _words(question: str) -> frozenset[str]:
    return frozenset(simplified(question).casefold().rstrip("?？ ").split())


def _is_same(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= 0.8 * max(1, min(len(one), len(other)))
