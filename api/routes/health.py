"""Whether the service runs, and whether it can answer questions."""

from __future__ import annotations

from pathlib import Path

from api.description import new_router
from api.error_responses import PROBLEMS
from api.service import Service, ServiceOf
from reading.load import NO_READER

router = new_router(tags=["operation"])


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz")
async def health() -> dict[str, str]:
    """Say that the service runs."""
    return {"status": "ok"}


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", responses=PROBLEMS)
async def ready(service: ServiceOf) -> dict[str, str]:
    """Say that the default collection can be searched, and which model reads what is found.

    If it cannot be searched, the status is 503 or 404; if the reader cannot be loaded, 500.
    """
    reader = await service.lookups.run(_reader_of_ready, service)
    return {"status": "ready", "collection": service.default, "reader": reader}


def _reader_of_ready(service: Service) -> str:
    """Return the name of the reader, if the default collection can be searched."""
    service.collection(None).catalog.settings.revision()
    return NO_READER if service.reader is None else _public(service.reader.name)


def _public(name: str) -> str:
    """Return a reader's name without its folder or address, because everyone may see it.

    >>> _public("tamngu-reader"), _public("https://api.jina.ai/v1#jina-reranker-v2")
    ('tamngu-reader', 'jina-reranker-v2')
    >>> _public("http://127.0.0.1:8080")
    'endpoint'
    """
    if name.startswith(("http://", "https://")):
        return name.partition("#")[2] or "endpoint"
    return Path(name).name if Path(name).is_dir() else name
