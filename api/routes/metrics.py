"""Figures for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.auth.scopes import READ
from api.problem import PROBLEMS
from api.service import Service, ServiceOf
from embeddings import TamnguError
from embeddings.question_cache import QuestionCache

router = APIRouter(tags=["operation"])


@router.get("/metrics", response_class=Response, responses=PROBLEMS, dependencies=READ)
async def metrics(service: ServiceOf) -> Response:
    """Return figures of the service and of the default collection."""
    waiting = service.pool.taken
    text = await run_in_threadpool(_figures, service, waiting)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _figures(service: Service, waiting: int) -> bytes:
    figures = service.metrics
    figures.taken.set(waiting)
    try:
        counts = service.collection(None).catalog.counts()
    except TamnguError:
        # The other figures are asked for all the more where it cannot be opened.
        counts = {}
    encoder = service.encoder
    if isinstance(encoder, QuestionCache):
        figures.cache.labels("hit").set(encoder.hits)
        figures.cache.labels("miss").set(encoder.misses)
    return figures.text(counts)
