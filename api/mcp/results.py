"""What the tools return to a model: enough to quote and to read on, and not more.

A model reads characters that nobody sees, so they are shown as marks.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

from pydantic import Field

from rag.text.visible import visible
from tamngu.records.answer import Answer, ShortAnswer
from tamngu.records.article import Article
from tamngu.records.citation import Citation
from tamngu.records.hit import Hit, SearchResult

Start = Annotated[int, Field(description="First character in the article's text.")]
End = Annotated[int, Field(description="One past the last character.")]
Page = Annotated[int | None, Field(description="Page on which it begins, if there are pages.")]
Script = Annotated[str | None, Field(description="Hans or Hant for Chinese, else null.")]
Result = TypeVar("Result")

Notice = Annotated[
    str | None,
    Field(description="What the collection lacks of the conditions; correct them and try again."),
]

Searched = Annotated[
    str | None, Field(description="The question as the context completed it; null if it did not.")
]

Uri = Annotated[str, Field(description="The whole article, as a resource of this server.")]


@dataclass(frozen=True)
class FoundPassage:
    """A passage with its score and its place in the article."""

    rank: int
    score: float
    text: str
    passage_id: str
    article_id: str
    title: str
    url: str | None
    source: str | None
    published_at: str | None
    language: str
    script: Script
    start: Start
    end: End
    page: Page
    uri: Uri


@dataclass(frozen=True)
class Passages:
    """What a search finds, best first."""

    collection: str
    question: str
    language: str
    passages: list[FoundPassage]
    notice: Notice = None
    searched: Searched = None


@dataclass(frozen=True)
class Quote:
    """A verified quote and its place in the article."""

    marker: Annotated[str, Field(description="Its number in the answer: 1 for [1].")]
    quote: Annotated[str, Field(description="What the article says, word for word.")]
    passage_id: str
    article_id: str
    title: str
    url: str | None
    published_at: str | None
    language: str
    script: Script
    start: Start
    end: End
    page: Page
    uri: Uri


@dataclass(frozen=True)
class ShortQuote:
    """A verified span of an article that answers the question, and its place."""

    text: Annotated[str, Field(description="The answer, in the article's language.")]
    article_id: str
    passage_id: str
    language: str
    script: Script
    start: Start
    end: End
    score: Annotated[float, Field(description="That this is the answer, 0 to 1.")]
    citations: Annotated[list[str], Field(description="Markers of the quotes that prove it.")]
    uri: Uri


@dataclass(frozen=True)
class CitedAnswer:
    """An answer made of quotes, or of the sentences of a chat model."""

    collection: str
    question: str
    language: str
    answer: Annotated[
        str, Field(description="The short answer, then quotes with their markers, such as [1].")
    ]
    abstained: Annotated[
        bool, Field(description="Whether the collection holds no answer; quotes are near misses.")
    ]
    confidence: Annotated[float, Field(description="That it holds the answer, 0 to 1.")]
    answers: Annotated[
        list[ShortQuote],
        Field(description="The short answer; several if the sources disagree. May be empty."),
    ]
    citations: list[Quote]
    notice: Notice = None
    searched: Searched = None


@dataclass(frozen=True)
class ArticleText:
    """An article, or a part of a long one."""

    id: str
    title: str
    url: str | None
    source: str | None
    published_at: str | None
    language: str
    script: Script
    authors: list[str]
    tags: list[str]
    text: str
    start: Start
    end: End
    characters: Annotated[int, Field(description="Characters of the whole text.")]
    next_start: Annotated[
        int | None, Field(description="Where to read on; null at the article's end.")
    ]


def passages(collection: str, result: SearchResult) -> Passages:
    """Return a search's result as the tool gives it."""
    found = [_passage(collection, hit) for hit in result.hits]
    named = (collection, result.question, result.language)
    return _visible(Passages(*named, found, result.notice, result.searched))


def cited_answer(collection: str, answer: Answer) -> CitedAnswer:
    """Return an answer as the tool gives it."""
    cited = CitedAnswer(
        collection=collection,
        question=answer.question,
        language=answer.language,
        answer=answer.answer,
        abstained=answer.abstained,
        confidence=answer.confidence,
        answers=[_short_quote(collection, each) for each in answer.answers],
        citations=[_quote(collection, citation) for citation in answer.citations],
        notice=answer.notice,
        searched=answer.searched,
    )
    return _visible(cited)


def article_text(article: Article, start: int, most: int) -> ArticleText:
    """Return ``most`` characters of an article from ``start`` on."""
    text = article.text[start : start + most]
    end = start + len(text)
    part = ArticleText(
        id=article.id,
        title=article.title,
        url=article.url,
        source=article.source,
        published_at=article.published_at,
        language=article.language,
        script=article.script,
        authors=list(article.authors),
        tags=list(article.tags),
        text=text,
        start=start,
        end=end,
        characters=len(article.text),
        next_start=end if end < len(article.text) else None,
    )
    return _visible(part)


def article_uri(collection: str, article_id: str) -> str:
    """Return the address of an article's resource.

    >>> article_uri("sample", "a/b?")
    'tamngu://sample/articles/a%2Fb%3F'
    """
    return f"tamngu://{collection}/articles/{quote(article_id, safe='')}"


def _passage(collection: str, hit: Hit) -> FoundPassage:
    return FoundPassage(
        rank=hit.rank,
        score=hit.score,
        text=hit.text,
        passage_id=hit.passage_id,
        article_id=hit.article_id,
        title=hit.title,
        url=hit.url,
        source=hit.source,
        published_at=hit.published_at,
        language=hit.language,
        script=hit.script,
        start=hit.start,
        end=hit.end,
        page=hit.page,
        uri=article_uri(collection, hit.article_id),
    )


def _short_quote(collection: str, answer: ShortAnswer) -> ShortQuote:
    return ShortQuote(
        text=answer.text,
        article_id=answer.article_id,
        passage_id=answer.passage_id,
        language=answer.language,
        script=answer.script,
        start=answer.start,
        end=answer.end,
        score=answer.score,
        citations=list(answer.citations),
        uri=article_uri(collection, answer.article_id),
    )


def _quote(collection: str, citation: Citation) -> Quote:
    return Quote(
        marker=citation.marker,
        quote=citation.quote,
        passage_id=citation.passage_id,
        article_id=citation.article_id,
        title=citation.title,
        url=citation.url,
        published_at=citation.published_at,
        language=citation.language,
        script=citation.script,
        start=citation.start,
        end=citation.end,
        page=citation.page,
        uri=article_uri(collection, citation.article_id),
    )


def _visible(result: Result) -> Result:
    """Return a result whose texts have marks for hidden characters.

    Its offsets count characters of the article, which keeps the hidden ones.
    """
    shown: Result = _shown(result)
    return shown


def _shown(value: Any) -> Any:  # noqa: ANN401 - strings, lists and records
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list):
        return [_shown(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{each.name: _shown(getattr(value, each.name)) for each in fields(value)}
        )
    return value
