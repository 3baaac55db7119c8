"""Imports of uploaded files, and of web pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import ClientDisconnect

from api.auth.scopes import WRITE, check_reach
from api.description import new_router
from api.error_responses import PROBLEMS, without_paths
from api.idempotency.route import IdempotentRoute
from api.jobs.store import new_id
from api.jobs.upload import Upload, receive_upload, too_large
from api.middleware.size_limit import exceeds
from api.routes.jobs import accept, check_queue
from api.service import CollectionName, Service, ServiceOf
from rag.collection.paths import DEFAULT_COLLECTION, checked_name
from rag.errors import StorageError
from rag.fetching import FetchError
from rag.fetching.urls import checked_url
from rag.ingestion.crawl import MAX_PAGES
from rag.readers.fields import FIELDS
from tamngu.records.job import ImportAsked, Job, Progress

_YES_NO = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False, "": False}

UPLOAD_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "The articles of a file replace those of an earlier "
                            "upload with the same name.",
                        },
                        "keep_boilerplate": {"type": "boolean", "default": False},
                        "field": {
                            "type": "array",
                            "items": {"type": "string", "examples": ["text=body"]},
                            "description": "Name in JSON or CSV of a field of an article.",
                        },
                    },
                }
            }
        },
    }
}

router = new_router(
    prefix="/v1/imports", tags=["imports"], responses=PROBLEMS, route_class=IdempotentRoute
)


class PagesRequest(BaseModel):
    """Pages to fetch and import.

    Attributes:
        urls: of pages, feeds and sitemaps.
        feeds: URLs of feeds and sitemaps only.
        collection: to import into; default: the one that the service was started with.
        most: number of pages to fetch from each feed or sitemap; the next import continues with
            the others.
        delay_s: seconds between two requests to one host; more if its robots.txt demands it.
        keep_boilerplate: keep menus, notices and the like in the texts.
    """

    model_config = ConfigDict(extra="forbid")

    urls: list[str] = Field(
        default=[], max_length=1000, fail_fast=True, examples=[["https://example.com/a"]]
    )
    feeds: list[str] = Field(default=[], max_length=1000, fail_fast=True)
    collection: str | None = Field(default=None, examples=[DEFAULT_COLLECTION])
    most: int = Field(default=MAX_PAGES, ge=1, le=100_000)
    delay_s: float = Field(default=1.0, ge=0, le=3600)
    keep_boilerplate: bool = False

    def asked(self) -> ImportAsked:
        """Return what the job is asked to do.

        Raises:
            HTTPException: 422, there is no URL, or one of them is not valid.
        """
        if not (self.urls or self.feeds):
            raise HTTPException(422, "Name a URL in 'urls' or 'feeds'")
        for url in (*self.urls, *self.feeds):
            try:
                checked_url(url)
            except FetchError as error:
                raise HTTPException(422, f"{url[:200]!r} cannot be fetched: {error}") from None
        return ImportAsked(
            urls=tuple(self.urls),
            feeds=tuple(self.feeds),
            keep_boilerplate=self.keep_boilerplate,
            most=self.most,
            delay_s=self.delay_s,
        )


@router.post("", status_code=202, openapi_extra=UPLOAD_FORM, dependencies=WRITE)
async def import_files(
    request: Request, response: Response, service: ServiceOf, collection: CollectionName = None
) -> Job:
    """Import files; if the collection does not exist, it is created.

    The id of an article is the one in the file, or derived from its URL or from the file's name.
    """
    name = target_name(service, collection)
    max_bytes = service.settings.max_upload_bytes
    if exceeds(request.headers.get("content-length", ""), max_bytes):
        raise too_large(max_bytes)
    await service.lookups.run(check_queue, service)
    job_id = new_id()
    try:
        upload = await receive(request, service, job_id, max_bytes, durably=True)
        asked = asked_of(upload)
        job = await run_in_threadpool(
            service.jobs.store.add, job_id, name, asked, Progress(total=upload.size)
        )
    except BaseException:
        # A request that was cancelled cannot wait for this.
        asyncio.get_running_loop().run_in_executor(None, service.jobs.abandon, job_id)
        raise
    return accept(service, response, job)


@router.post("/urls", status_code=202, dependencies=WRITE)
async def import_pages(request: PagesRequest, response: Response, service: ServiceOf) -> Job:
    """Fetch pages and import them; if the collection does not exist, it is created."""
    name = target_name(service, request.collection)
    # A thousand URLs with letters outside ASCII take a second.
    asked = await service.pool.run(request.asked)
    await service.lookups.run(check_queue, service)
    start = Progress(unit="pages", total=len(asked.urls) + len(asked.feeds))
    job = await run_in_threadpool(service.jobs.store.add, new_id(), name, asked, start)
    return accept(service, response, job)


def target_name(service: Service, name: str | None) -> str:
    """Return the name of the collection to import into, which need not exist.

    Raises:
        Forbidden: the key of the request does not reach it.
        BadCollectionName: no collection can have this name.
    """
    name = name or service.default
    check_reach(service.key, name)
    checked_name(name)
    return name


async def receive(
    request: Request, service: Service, job_id: str, max_bytes: int, *, durably: bool
) -> Upload:
    """Store the files of a form in the folder of a job.

    Args:
        request: has the form.
        service: that received it.
        job_id: of the job.
        max_bytes: size that the form may have.
        durably: keep the files until the job has ended, for whichever process runs it.

    Raises:
        HTTPException: 400, the upload was cut off; 413, it is too large; 422, it is not such a
            form, or the name of a file is not allowed.
        StorageError: a file cannot be stored.
    """
    folder = service.jobs.folders.folder(job_id)
    content_type = request.headers.get("content-type", "")
    try:
        await run_in_threadpool(service.jobs.folders.create, job_id)
        upload = await receive_upload(content_type, request.stream(), folder, max_bytes)
        if durably:
            await run_in_threadpool(service.jobs.folders.sync, job_id)
        return upload
    except ClientDisconnect:
        raise HTTPException(400, "The upload was cut off") from None
    except OSError as error:
        reason = without_paths(error.strerror or str(error), service.home)
        raise StorageError(f"The upload cannot be stored: {reason}.") from error


def asked_of(upload: Upload) -> ImportAsked:
    """Return what the job is asked to do.

    Raises:
        HTTPException: 422, a field of the form or its value is not valid.
    """
    keep = False
    mappings = []
    for name, value in upload.fields:
        if name == "keep_boilerplate" and value.lower() in _YES_NO:
            keep = _YES_NO[value.lower()]
        elif name == "field":
            mappings.append(value)
        elif name == "keep_boilerplate":
            raise HTTPException(422, "keep_boilerplate has to be true or false")
        else:
            raise HTTPException(422, f"The form has an unknown field {name[:80]!r}")
    return ImportAsked(files=upload.files, keep_boilerplate=keep, fields=_fields(mappings))


def _fields(mappings: Iterable[str]) -> dict[str, str]:
    """Read mappings such as ``text=body``."""
    fields = dict(each.partition("=")[::2] for each in mappings)
    for field, name in fields.items():
        if field not in FIELDS or not name:
            names = ", ".join(FIELDS)
            raise HTTPException(
                422, f"field has to be one of {names}, then = and a name: {field[:80]!r}"
            )
    return fields
