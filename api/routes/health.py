"""Whether the service runs, and whether it can answer questions."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool

from api.error_responses import PROBLEMS
from api.service import ServiceOf

router = APIRouter(tags=["operation"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
async def health() -> dict[str, str]:
    """Say that the service runs."""
    return {"status": "ok"}


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", responses=PROBLEMS)
async def ready(service: ServiceOf) -> dict[str, str]:
    """Say that the default collection can be searched; if it cannot, the status is 503 or 404."""
    # This does not use the pool, because a busy service is ready too.
    await run_in_threadpool(lambda: service.collection(None).catalog.settings.revision())
    return {"status": "ready", "collection": service.default}
