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
from api.auth.guard import protect
from api.auth.store import KeyStore
from api.idempotency.store import IdempotencyStore
from api.jobs.cancellable_encoder import InterruptibleEncoder
from api.jobs.runner import JobRunner
from api.middleware.client_disconnect import Departure
from api.middleware.entity_tags import EntityTags
from api.middleware.request_metrics import Observed, new_metrics
from api.middleware.server_errors import Faults
from api.middleware.size_limit import SizeLimit
from api.middleware.tracing import Tracing
from api.routes import (
    articles,
    collections,
    evals,
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
from api.worker_pool import WorkPool
from embeddings import Encoder
from rag.stages import Stage

ROUTERS = (
    questions.router,
    articles.router,
    collections.router,
    languages.router,
    openai.router,
    mcp.router,
    imports.router,
    jobs.router,
    evals.router,
    health.router,
    metrics.router,
    page.router,
)

_COMPRESSED = 1000
"""Bytes from which on a body is compressed, where the client takes that."""

_WRITING_S = 10.0
"""Seconds on top of what a chat model may take, to wait for its turn."""


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
    answering = answering or Answering()
    metrics = new_metrics()
    tracing = Tracing() if settings.traces else None

    def on_stage(name: Stage, began_at: int, took_ns: int) -> None:
        metrics.on_stage(name, took_ns)
        if tracing is not None:
            tracing.on_stage(name, began_at, took_ns)

    service = Service(
        home=home,
        encoder=encoder,
        collections=opened,
        default=collection,
        answering=answering,
        settings=settings,
        pool=WorkPool(settings.threads, settings.queue, settings.timeout_s, on_stage),
        changes=WorkPool(1, settings.queue, settings.timeout_s, finishes=True),
        writers=WorkPool(settings.chat_threads, settings.queue, _writing_s(answering), on_stage),
        metrics=metrics,
        jobs=JobRunner(
            home,
            opened.get_or_create,
            interruptible,
            allow_private=settings.allow_private_fetch,
        ),
        idempotency=IdempotencyStore(home),
    )
    service.collection(None)
    keys = KeyStore(home)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.jobs.start()
        yield
        await run_in_threadpool(service.jobs.stop)
        service.pool.close()
        service.changes.close()
        # What somebody else's machine still writes is for nobody any more.
        service.writers.close(wait=False)
        service.collections.close()
        service.idempotency.close()
        keys.close()
        if tracing is not None:
            await run_in_threadpool(tracing.close)

    app = FastAPI(
        title="Tamngu",
        version=version("tamngu"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    app.add_middleware(Faults)
    app.add_middleware(EntityTags)
    app.add_middleware(Departure)
    app.add_middleware(SizeLimit, limit=settings.max_body_bytes)
    app.add_middleware(GZipMiddleware, minimum_size=_COMPRESSED)
    problem.install(app)
    for router in ROUTERS:
        app.include_router(router)
    protect(app, keys, settings, listens_at)
    # The outermost: who is refused is counted too.
    app.add_middleware(Observed, metrics=metrics, tracing=tracing)
    return app


def _writing_s(answering: Answering) -> float:
    """Return how long writing may take; a chat model has a limit of its own, which comes first."""
    return _WRITING_S + (answering.chat.timeout if answering.chat is not None else 0)
