"""The application: its routes, and what stands before them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware

from api import problem
from api.access import protect
from api.interruptible import InterruptibleEncoder
from api.job_runner import JobRunner
from api.keys import KeyStore
from api.observed import Observed, new_metrics
from api.routes import (
    articles,
    collections,
    health,
    imports,
    jobs,
    languages,
    mcp,
    metrics,
    openai,
    page,
    questions,
)
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
    openai.router,
    mcp.router,
    imports.router,
    jobs.router,
    health.router,
    metrics.router,
    page.router,
)

_COMPRESSED = 1000
"""Bytes from which on a body is compressed, where the client takes that."""


def create_app(
    home: Path,
    encoder: Encoder,
    collection: str,
    answering: Answering | None = None,
    settings: Settings | None = None,
    listens_at: str | None = None,
) -> FastAPI:
    """Return the application.

    Args:
        home: of all collections.
        encoder: that they were built with.
        collection: the one asked when a request names none.
        answering: how.
        settings: default: see :class:`Settings`.
        listens_at: address or name; beyond loopback nobody is answered without a key. None: it is
            only spoken to inside this process.

    Raises:
        TamnguError: that collection is not there, or cannot be opened with ``encoder``.
    """
    settings = settings or Settings()
    interruptible = InterruptibleEncoder(encoder)
    opened = OpenCollections(home, interruptible)
    service = Service(
        home=home,
        encoder=encoder,
        collections=opened,
        default=collection,
        answering=answering or Answering(),
        settings=settings,
        pool=WorkPool(settings.threads, settings.queue, settings.timeout_s),
        metrics=new_metrics(),
        jobs=JobRunner(
            home,
            opened.get_or_create,
            interruptible,
            allow_private=settings.allow_private_fetch,
        ),
    )
    service.collection(None)
    keys = KeyStore(home)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.jobs.start()
        yield
        await run_in_threadpool(service.jobs.stop)
        service.pool.close()
        service.collections.close()
        keys.close()

    app = FastAPI(
        title="Tamngu",
        version=version("tamngu"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    app.add_middleware(SizeLimit, limit=settings.max_body_bytes)
    app.add_middleware(GZipMiddleware, minimum_size=_COMPRESSED)
    problem.install(app)
    for router in ROUTERS:
        app.include_router(router)
    protect(app, keys, settings, listens_at)
    # The outermost: who is refused is counted too.
    app.add_middleware(Observed, metrics=service.metrics)
    return app
