"""Previews: what an import would keep, cut and pass over; nothing is stored."""

from __future__ import annotations

import asyncio

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from api.auth.scopes import WRITER
from api.description import new_router
from api.error_responses import PROBLEMS
from api.jobs.preview import preview_files, preview_pages
from api.jobs.store import new_id
from api.jobs.upload import too_large
from api.middleware.size_limit import exceeds
from api.routes.imports import UPLOAD_FORM, PagesRequest, asked_of, receive, target_name
from api.service import CollectionName, Service, ServiceOf
from rag import Collection
from rag.errors import CollectionNotFound
from tamngu.records.job import ImportAsked
from tamngu.records.preview import Preview

_MAX_BYTES = 32 * 2**20
"""Size of an upload in bytes that is previewed. Chosen manually, not tuned."""

_PAGES = 10
"""Pages that are fetched for a preview. Chosen manually, not tuned."""

_SHARE = 0.8
"""Share of the time that a request may take after which a preview ends with what was read."""

router = new_router(prefix="/v1/previews", tags=["imports"], responses=PROBLEMS)


class PreviewPagesRequest(BaseModel):
    """Pages to fetch and to show as an import would store them.

    Attributes:
        urls: of pages, feeds and sitemaps; of a feed, the first pages are fetched.
        collection: to compare with; default: the one that the service was started with.
        keep_boilerplate: keep menus, notices and the like in the texts.
    """

    model_config = ConfigDict(extra="forbid")

    urls: list[str] = Field(
        min_length=1, max_length=_PAGES, fail_fast=True, examples=[["https://example.com/a"]]
    )
    collection: str | None = None
    keep_boilerplate: bool = False

    def asked(self) -> ImportAsked:
        """Return what an import would be asked to do.

        Raises:
            HTTPException: 422, a URL is not valid.
        """
        pages = PagesRequest(urls=self.urls, most=_PAGES, keep_boilerplate=self.keep_boilerplate)
        return pages.asked()


@router.post("", openapi_extra=UPLOAD_FORM, dependencies=WRITER)
async def preview_upload(
    request: Request, service: ServiceOf, collection: CollectionName = None
) -> Preview:
    """Show what an import of these files would store; at most 32 MB."""
    name = target_name(service, collection)
    if exceeds(request.headers.get("content-length", ""), _MAX_BYTES):
        raise too_large(_MAX_BYTES)
    job_id = new_id()
    try:
        upload = await receive(request, service, job_id, _MAX_BYTES, durably=False)
        asked = asked_of(upload)
        return await service.previews.run(_preview_files, service, name, asked, job_id)
    finally:
        # A request that was cancelled cannot wait for this.
        asyncio.get_running_loop().run_in_executor(None, service.jobs.abandon, job_id)


@router.post("/urls", dependencies=WRITER)
async def preview_urls(request: PreviewPagesRequest, service: ServiceOf) -> Preview:
    """Show what an import of these pages would store.

    The rules of an import hold: robots.txt, limits of size and time, public addresses only.
    """
    name = target_name(service, request.collection)
    asked = await service.pool.run(request.asked)
    return await service.previews.run(_preview_pages, service, name, asked)


def _preview_files(service: Service, name: str, asked: ImportAsked, job_id: str) -> Preview:
    folder = service.jobs.folders.folder(job_id)
    return preview_files(_existing(service, name), asked, folder, service.home, _limit_s(service))


def _preview_pages(service: Service, name: str, asked: ImportAsked) -> Preview:
    return preview_pages(
        _existing(service, name),
        asked,
        service.home,
        _limit_s(service),
        allow_private=service.settings.allow_private_fetch,
    )


def _existing(service: Service, name: str) -> Collection | None:
    try:
        return service.collection(name)
    except CollectionNotFound:
        return None


def _limit_s(service: Service) -> float:
    return _SHARE * service.settings.timeout_s
