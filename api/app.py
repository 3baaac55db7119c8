"""The application: its routes, and the middleware in front of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware

from api import description
from api import error_responses as problem
from api.auth.guard import protect
from api.auth.scopes import scoped_routes
from api.auth.store import KeyStore
from api.feedback.store import FeedbackStore
from api.idempotency.store import IdempotencyStore
from api.jobs.cancellable_encoder import CancellableEncoder
from api.jobs.runner import JobRunner
from api.middleware.client_disconnect import ClientDisconnect
from api.middleware.entity_tags import EntityTags
from api.middleware.metrics import new_metrics
from api.middleware.request_metrics import RequestMetrics
from api.middleware.server_errors import ServerErrors
from api.middleware.size_limit import SizeLimit
from api.middleware.tracing import Tracing
from api.openai.errors import format_error
from api.routes import (
    articles,
    collections,
    docs,
    evals,
    feedback,
    feeds,
    health,
    imports,
    jobs,
    languages,
    mcp,
    metrics,
    openai,
    page,
    passages,
    previews,
    questions,
    rerank,
    saved_questions,
    trash,
)
from api.service import Answering, OpenCollections, Service
from api.settings import Settings
from api.state import State, close, home_of, state_of
from api.watching.feeds import FeedStore
from api.watching.questions import QuestionStore
from api.watching.watcher import Watcher
from api.worker_pool import WorkerPool
from embeddings import Encoder
from rag.collection.paths import Home
from rag.stages import Stage
from reading import Reader, load_reader

if TYPE_CHECKING:
    from rag.cluster.cluster import Cluster

ROUTERS = (
    questions.router,
    articles.router,
    passages.router,
    trash.router,
    collections.router,
    languages.router,
    rerank.router,
    openai.router,
    mcp.router,
    imports.router,
    previews.router,
    jobs.router,
    feeds.router,
    saved_questions.router,
    saved_questions.feeds,
    evals.router,
    feedback.router,
    health.router,
    metrics.router,
    docs.router,
    page.router,
)

_MIN_COMPRESSED_BYTES = 1000
"""Size from which on a body is compressed, if the client accepts that."""

_COMPRESSION = 4
"""Level of compression, 1 to 9. Bodies below 128 KiB are compressed on the event loop."""

_CHAT_WAIT_S = 10.0
"""Seconds that an answer may wait for a thread, besides the time limit of the chat model."""


_LOOKUP_THREADS = 8
_LOOKUP_QUEUE = 2000
"""Threads that read the state of jobs and of the service, and reads that may wait for one. Each
takes milliseconds. Chosen manually, not tuned."""

_PREVIEW_THREADS = 2
_PREVIEW_QUEUE = 8
"""Threads that read documents for requests that wait, and requests that may wait for one. Each
starts processes. Chosen manually, not tuned."""

_LOOK_S = 0.02
"""Seconds between two looks whether running work has ended."""

_STOP_S = 2.0
"""Seconds that running work has to end when the service stops. Chosen manually, not tuned."""


def create_app(
    home: Path,
    encoder: Encoder,
    collection: str,
    answering: Answering | None = None,
    settings: Settings | None = None,
    listens_at: str | None = None,
    reader: Reader | str | None = None,
    cluster: Cluster | None = None,
) -> FastAPI:
    """Return the application.

    Args:
        home: of all collections, and of the service's own state.
        encoder: that the collections were built with.
        collection: the one to use for requests that name none.
        answering: how questions are answered.
        settings: default: those of :class:`Settings`.
        listens_at: address or name. Beyond loopback, every request needs a key. None: the
            application is only called inside this process.
        reader: reads what is found, or its name for :func:`reading.load_reader`.
        cluster: holds the collections and the service's state; ``home`` then has only files in
            use.

    Raises:
        TamnguError: the collection does not exist, or cannot be opened with ``encoder``.
    """
    settings = settings or Settings()
    answering = answering or Answering()
    tracing = Tracing() if settings.traces else None
    if reader is None or isinstance(reader, str):
        reader = load_reader(reader)
    place, state = cluster or home, state_of(home, cluster)
    service = _make_service(state, place, encoder, reader, collection, answering, settings, tracing)
    service.collection(None)
    keys = KeyStore(state)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service.jobs.start()
        service.watcher.start()
        async with mcp.lifespan(app):
            yield
        await run_in_threadpool(service.watcher.stop)
        await run_in_threadpool(service.jobs.stop)
        # Nobody waits any more for what chat models still write, nor for what is still looked up.
        service.writers.close(wait=False)
        service.lookups.close(wait=False)
        for pool in (service.pool, service.changes, service.previews):
            pool.close(wait=False)
        if await _ended((service.pool, service.changes, service.previews), _STOP_S):
            await run_in_threadpool(service.collections.close)
        else:
            # Threads cannot be ended. What they have not committed is not stored.
            app.state.when_stuck()
        await run_in_threadpool(service.idempotency.close)
        await run_in_threadpool(service.feedback.close)
        await run_in_threadpool(keys.close)
        await run_in_threadpool(close, state)
        if tracing is not None:
            await run_in_threadpool(tracing.close)

    app = FastAPI(
        title="Tamngu",
        version=version("tamngu"),
        summary=description.SUMMARY,
        description=description.DESCRIPTION,
        license_info=description.LICENCE,
        servers=description.SERVERS,
        openapi_tags=description.TAGS,
        docs_url=None,
        redoc_url=None,
        # api.routes.page has it, because making it takes half a second.
        openapi_url=None,
        lifespan=lifespan,
    )
    app.state.service = service
    app.state.when_stuck = lambda: None
    app.add_middleware(ServerErrors, format_error=format_error)
    app.add_middleware(EntityTags)
    app.add_middleware(ClientDisconnect)
    app.add_middleware(SizeLimit, limit=settings.max_body_bytes, format_error=format_error)
    app.add_middleware(
        GZipMiddleware, minimum_size=_MIN_COMPRESSED_BYTES, compresslevel=_COMPRESSION
    )
    problem.install(app)
    for router in ROUTERS:
        # A router that is included has its routes made anew, which takes longer than all the rest.
        app.router.routes.extend(router.routes)
    app.openapi = partial(_described, app)  # type: ignore[method-assign]
    protect(app, state, keys, settings, listens_at, format_error)
    # Added last, so it runs first and counts refused requests too.
    app.add_middleware(
        RequestMetrics, metrics=service.metrics, format_error=format_error, tracing=tracing
    )
    return app


def _described(app: FastAPI) -> dict[str, Any]:
    """Return the description of the application; the first call makes it."""
    scopes = {
        (method.lower(), route.path.replace(":path}", "}")): min(route.scopes)
        for route in scoped_routes(app)
        for method in route.methods
        if route.scopes
    }
    return description.describe(app, scopes)


def _make_service(
    state: State,
    place: Home,
    encoder: Encoder,
    reader: Reader | None,
    collection: str,
    answering: Answering,
    settings: Settings,
    tracing: Tracing | None,
) -> Service:
    cancellable = CancellableEncoder(encoder)
    opened = OpenCollections(place, cancellable, reader)
    metrics = new_metrics()

    def on_stage(name: Stage, began_at: int, took_ns: int) -> None:
        metrics.on_stage(name, took_ns)
        if tracing is not None:
            tracing.on_stage(name, began_at, took_ns)

    jobs = JobRunner(
        state,
        opened.get_or_create,
        cancellable,
        collections=place,
        allow_private=settings.allow_private_fetch,
    )
    feeds, questions = FeedStore(state), QuestionStore(state)
    return Service(
        home=home_of(state),
        state=state,
        place=place,
        encoder=encoder,
        reader=reader,
        collections=opened,
        default=collection,
        answering=answering,
        settings=settings,
        pool=WorkerPool(settings.threads, settings.queue, settings.timeout_s, on_stage),
        changes=WorkerPool(1, settings.queue, settings.timeout_s, finishes=True),
        writers=WorkerPool(
            settings.chat_threads, settings.queue, _chat_timeout_s(answering), on_stage
        ),
        previews=WorkerPool(_PREVIEW_THREADS, _PREVIEW_QUEUE, settings.timeout_s),
        lookups=WorkerPool(_LOOKUP_THREADS, _LOOKUP_QUEUE, settings.timeout_s),
        metrics=metrics,
        jobs=jobs,
        idempotency=IdempotencyStore(state),
        feedback=FeedbackStore(state),
        feeds=feeds,
        questions=questions,
        watcher=Watcher(state, feeds, questions, jobs, opened.get),
    )


async def _ended(pools: Sequence[WorkerPool], wait_s: float) -> bool:
    """Return whether the functions of all pools have ended after at most ``wait_s`` seconds."""
    ends = time.monotonic() + wait_s
    while any(pool.in_use for pool in pools):
        if time.monotonic() > ends:
            return False
        await asyncio.sleep(_LOOK_S)
    return True


def _chat_timeout_s(answering: Answering) -> float:
    """Return how long an answer by the chat model may take; the model's own limit comes first."""
    return _CHAT_WAIT_S + (answering.chat.timeout if answering.chat is not None else 0)
