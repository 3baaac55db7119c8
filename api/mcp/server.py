"""A server of the Model Context Protocol, for language models that call tools.

It needs the extra ``tamngu[mcp]``. Other modules import this one only if that is installed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp.server.mcpserver.resources import ResourceSecurity
from mcp_types import ToolAnnotations
from pydantic import Field

from api.answering import answer as answer_to
from api.answering import find_passages
from api.error_responses import detail_of
from api.mcp.arguments import CheckedServer
from api.mcp.results import ArticleText, CitedAnswer, Passages, article_text, cited_answer, passages
from api.requests import AskBody, Context, Labels, SearchBody
from api.service import Service
from embeddings import TamnguError
from rag.retrieval.conditions import no_article
from rag.text.visible import visible
from tamngu.records.article import Article
from tamngu.records.request import MAX_TOP_K, BadRequest

_INSTRUCTIONS = """\
Articles in Vietnamese, Chinese and English, found across languages: ask in any of them.
Use `ask` for a question of fact: it gives a short answer with verbatim quotes and their places, or
says that the collection holds no answer. Use `search` to gather passages for an answer of your own,
and `read_article` to see what stands around a passage. Cite title, date and url of what you use,
and quote word for word. The collection asked by default is {default!r}."""

_SEARCH = """\
Find the passages that best match a question or topic, in whichever language they are written.
Use this to gather material, to compare sources, or when `ask` abstained. Give a full question in
natural language rather than keywords, and no operators; narrow by languages, sources, tags or days
of publication. Returns passages with their texts, best first."""

_ASK = """\
Answer one question of fact from the articles, with the verbatim, verified quotes that prove it.
Use this first when the user wants to know something that the articles may say. Spell out whom and
what the question is about, or give the questions before it as context. If there are several
`answers`, the sources disagree: give each with its source and date. `abstained` true means that the
articles do not hold the answer: say so, and treat the quotes as near misses."""

_READ = """\
Read an article by the article_id of a passage or citation.
Use this when a passage lacks its context. Long articles come in parts: go on at next_start, or
begin a little before the start of the passage."""

_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

_MOST = 50_000
"""Characters of an article that one call gives at most."""

Question = Annotated[str, Field(description="In any language.")]
Collection = Annotated[
    str | None, Field(description="Name of the collection; leave out for the default one.")
]
_Tags = Annotated[list[str], Field(fail_fast=True, max_length=100)]
Languages = Annotated[
    _Tags | None,
    Field(description="Only passages in these languages, such as ['vi', 'zh']; leave out for all."),
]
Earlier = Annotated[
    Context | None,
    Field(
        description="The user's questions before this one, oldest first; what this one leaves out "
        "is taken from them."
    ),
]
Day = Annotated[date | None, Field(description="Day of publication, YYYY-MM-DD.")]


def mcp_server(service: Callable[[], Service], default: str) -> MCPServer[Any]:
    """Return a server with tools and resources that read the collections of a service.

    Args:
        service: called at each use of a tool, as every user may have a service of their own.
        default: the collection that is asked where none is named.
    """
    with _logging_left_alone():
        server = CheckedServer(
            "tamngu",
            title="Tamngu",
            version=version("tamngu"),
            instructions=_INSTRUCTIONS.format(default=default),
            log_level="WARNING",
            # No list of tools or resources changes while a client is connected.
            subscriptions=False,
        )
    tools = Tools(service)
    for work, title, description in (
        (tools.search, "Search passages", _SEARCH),
        (tools.ask, "Ask for a cited answer", _ASK),
        (tools.read_article, "Read an article", _READ),
    ):
        server.add_tool(work, title=title, description=description, annotations=_READS)
    server.resource(
        "tamngu://{collection}/articles/{+id}",
        name="article",
        title="Article",
        description="The whole text of an article, under its title.",
        mime_type="text/plain",
        # An article id is looked up; it is not a path.
        security=ResourceSecurity(exempt_params=frozenset({"id"})),
    )(tools.resource)
    return server


class Tools:
    """The tools; their work runs in the worker pool of the service."""

    def __init__(self, service: Callable[[], Service]) -> None:
        """Read the collections of what ``service`` returns."""
        self._service = service

    async def search(
        self,
        question: Question,
        collection: Collection = None,
        k: Annotated[int, Field(ge=1, le=MAX_TOP_K, description="Passages wanted.")] = 5,
        languages: Languages = None,
        sources: Annotated[
            Labels | None, Field(description="Only articles of one of these sources.")
        ] = None,
        tags: Annotated[
            Labels | None, Field(description="Only articles with one of these tags.")
        ] = None,
        published_from: Day = None,
        published_to: Day = None,
        read: Annotated[
            bool,
            Field(description="Also read the best passages, and put those that answer first."),
        ] = False,
        context: Earlier = None,
    ) -> Passages:
        """Find passages."""
        with self._errors_shown():
            request = SearchBody(
                question=question,
                collection=collection,
                top_k=k,
                languages=languages,
                sources=sources,
                tags=tags,
                published_from=published_from,
                published_to=published_to,
                read=read,
                context=context or [],
            )
            service = self._service()
            result = await service.pool.run(find_passages, service, request)
        return passages(collection or service.default, result)

    async def ask(
        self,
        question: Question,
        collection: Collection = None,
        languages: Languages = None,
        prefer: Annotated[
            Literal["own"] | None,
            Field(description="'own' puts the question's language first among near equals."),
        ] = None,
        context: Earlier = None,
    ) -> CitedAnswer:
        """Answer a question."""
        with self._errors_shown():
            request = AskBody(
                question=question,
                collection=collection,
                languages=languages,
                prefer=prefer,
                context=context or [],
            )
            service = self._service()
            answer = await answer_to(service, request)
        return cited_answer(collection or service.default, answer)

    async def read_article(
        self,
        article_id: Annotated[str, Field(description="As passages and citations name it.")],
        collection: Collection = None,
        start: Annotated[int, Field(ge=0, description="First character to read.")] = 0,
        characters: Annotated[
            int, Field(ge=1, le=_MOST, description="Characters to read at most.")
        ] = 10_000,
    ) -> ArticleText:
        """Return an article or a part of one."""
        with self._errors_shown():
            article = await self._article(collection, article_id)
        if isinstance(article, str):
            raise ToolError(f"{article.rstrip('.')}; search for it first.")
        return article_text(article, start, characters)

    async def resource(self, collection: str, id: str) -> str:
        """Return an article's title and text."""
        try:
            article = await self._article(collection, id)
        except TamnguError as error:
            raise ResourceError(detail_of(error, self._service().home)) from error
        if isinstance(article, str):
            raise ResourceNotFoundError(article)
        return visible(f"{article.title}\n\n{article.text}")

    @contextmanager
    def _errors_shown(self) -> Iterator[None]:
        """Show the model the errors that it can correct; other errors are internal ones."""
        try:
            yield
        except BadRequest as error:
            raise ToolError(f"{error}.") from error
        except TamnguError as error:
            raise ToolError(detail_of(error, self._service().home)) from error

    async def _article(self, collection: str | None, article_id: str) -> Article | str:
        """Return an article, or the sentence that says that it is not stored."""
        service = self._service()

        def found() -> Article | str:
            articles = service.collection(collection).catalog.articles
            return articles.get(article_id) or no_article(articles, article_id)

        return await service.pool.run(found)


@contextmanager
def _logging_left_alone() -> Iterator[None]:
    """Prevent the library from configuring logging, which it does if no handler is set."""
    root = logging.getLogger()
    nothing = logging.NullHandler()
    root.addHandler(nothing)
    try:
        yield
    finally:
        root.removeHandler(nothing)
