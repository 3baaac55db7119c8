"""The application: routes, and the collections they look into."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import Response

from api import problem
from api.requests import AskRequest, SearchRequest
from api.size_limit import SizeLimit
from embeddings import Encoder
from rag import Answer, Article, Collection, SearchResult, ask, search
from rag.chat import Chat
from rag.hit import ABSTAIN_BELOW

MAX_BODY_BYTES = 1_000_000

CollectionName = Annotated[str | None, Query(alias="collection")]

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": problem.Problem, "content": {"application/problem+json": {}}}
    for status in (404, 409, 413, 422, 503)
}

_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class OpenCollections:
    """The collections of one home, each opened when first asked for and kept open."""

    def __init__(self, home: Path, encoder: Encoder) -> None:
        """Look for collections under ``home``; all must have been built with ``encoder``."""
        self._home = home
        self._encoder = encoder
        self._open: dict[str, Collection] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Collection:
        """Return a collection.

        Raises:
            TamnguError: it is not there, or cannot be opened.
        """
        with self._lock:
            if name not in self._open:
                self._open[name] = Collection.open(self._home, name, self._encoder)
            return self._open[name]


@dataclass(frozen=True)
class Answering:
    """How questions are answered; see :func:`rag.answer.ask`."""

    abstain_below: float = ABSTAIN_BELOW
    chat: Chat | None = None


def create_app(
    home: Path, encoder: Encoder, collection: str, answering: Answering | None = None
) -> FastAPI:
    """Return the application; ``collection`` is the one asked when a request names none.

    Raises:
        TamnguError: that collection is not there, or cannot be opened with ``encoder``.
    """
    answering = answering or Answering()
    app = FastAPI(title="Tamngu", version=version("tamngu"), docs_url=None, redoc_url=None)
    app.add_middleware(SizeLimit, limit=MAX_BODY_BYTES)
    problem.install(app)
    collections = OpenCollections(home, encoder)
    collections.get(collection)

    # Plain functions: FastAPI runs them in threads, so encoding does not hold up other requests.

    @app.post("/v1/search", responses=_PROBLEMS)
    def search_passages(request: SearchRequest) -> SearchResult:
        """Find the best passages for a question, whichever language they are in."""
        return search(
            collections.get(request.collection or collection),
            request.question,
            k=request.k,
            language=request.language,
            languages=request.languages,
            prefer=request.prefer,
            chosen=request.filter(),
            copies=request.copies,
        )

    @app.post("/v1/ask", responses=_PROBLEMS)
    def ask_question(request: AskRequest) -> Answer:
        """Answer a question with verified quotes."""
        return ask(
            collections.get(request.collection or collection),
            request.question,
            k=request.k,
            language=request.language,
            languages=request.languages,
            prefer=request.prefer,
            chosen=request.filter(),
            abstain_below=(
                answering.abstain_below if request.abstain_below is None else request.abstain_below
            ),
            chat=answering.chat,
        )

    @app.get("/v1/articles/{article_id:path}", responses=_PROBLEMS)
    def read_article(article_id: str, in_collection: CollectionName = None) -> Article:
        """Return a whole article; the offsets of citations count its text's characters."""
        article = collections.get(in_collection or collection).catalog.article(article_id)
        if article is None:
            raise HTTPException(404, f"There is no article {article_id!r}")
        return article

    @app.get("/healthz")
    async def health() -> dict[str, str]:
        """Say that the service runs."""
        return {"status": "ok"}

    _serve_page(app)
    return app


def _serve_page(app: FastAPI) -> None:
    """Serve the web page's three files."""
    for path, name, media in (
        ("/", "index.html", "text/html"),
        ("/page.js", "page.js", "text/javascript"),
        ("/page.css", "page.css", "text/css"),
    ):
        content = (files("api") / "web" / name).read_text(encoding="utf-8")
        app.get(path, include_in_schema=False)(_file(content, media))


def _file(content: str, media: str) -> Callable[[], Awaitable[Response]]:
    headers = {"Content-Security-Policy": _PAGE_POLICY, "X-Content-Type-Options": "nosniff"}

    async def serve_file() -> Response:
        return Response(content, headers=headers, media_type=media)

    return serve_file
