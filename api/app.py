"""The application: its routes, and what stands before them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI

from api import problem
from api.routes import articles, collections, health, languages, page, questions
from api.service import Answering, OpenCollections, Service
from api.settings import Settings
from api.size_limit import SizeLimit
from api.work import WorkPool
from embeddings import Encoder

ROUTERS = (
    questions.router,
    articles.router,
    collections.router,
    languages.router,
    health.router,
    page.router,
)


def create_app(
    home: Path,
    encoder: Encoder,
    collection: str,
    answering: Answering | None = None,
    settings: Settings | None = None,
) -> FastAPI:
    """Return the application.

    Args:
        home: of all collections.
        encoder: that they were built with.
        collection: the one asked when a request names none.
        answering: how.
        settings: default: see :class:`Settings`.

    Raises:
        TamnguError: that collection is not there, or cannot be opened with ``encoder``.
    """
    settings = settings or Settings()
    service = Service(
        home=home,
        encoder=encoder,
        collections=OpenCollections(home, encoder),
        default=collection,
        answering=answering or Answering(),
        settings=settings,
        pool=WorkPool(settings.threads, settings.queue, settings.timeout_s),
    )
    service.collection(None)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.pool.close()
        service.collections.close()

    app = FastAPI(
        title="Tamngu",
        version=version("tamngu"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    app.add_middleware(SizeLimit, limit=settings.max_body_bytes)
    problem.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
