"""Metrics for Prometheus."""

from __future__ import annotations

from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.auth.scopes import READ
from api.description import new_router
from api.error_responses import PROBLEMS
from api.service import Service, ServiceOf
from embeddings import TamnguError
from embeddings.question_cache import QuestionCache

router = new_router(tags=["operation"])


@router.get("/metrics", response_class=Response, responses=PROBLEMS, dependencies=READ)
async def metrics(service: ServiceOf) -> Response:
    """Return the metrics of the service and the size of the default collection."""
    text = await service.lookups.run(_metrics_text, service, service.pool.in_use)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _metrics_text(service: Service, in_use: int) -> bytes:
    figures = service.metrics
    figures.work.set(in_use)
    try:
        counts = service.collection(None).catalog.counts()
    except TamnguError:
        # If the collection cannot be opened, the other metrics matter even more.
        counts = {}
    encoder = service.encoder
    if isinstance(encoder, QuestionCache):
        figures.cache.labels("hit").set(encoder.hits)
        figures.cache.labels("miss").set(encoder.misses)
    return figures.text(counts)
