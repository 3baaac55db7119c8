"""The trash: deleted articles, which can be restored for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from api.auth.scopes import READ, WRITE
from api.description import new_router
from api.error_responses import PROBLEMS
from api.idempotency.route import IdempotentRoute
from api.service import CollectionName, ServiceOf
from rag.catalog.trash import KEPT
from rag.ingestion.restoring import RestoreReport, restore
from tamngu.records.article_list import ArticleSummary

router = new_router(
    prefix="/v1/trash", tags=["articles"], responses=PROBLEMS, route_class=IdempotentRoute
)

_LISTED = 1000
"""Deleted articles that a list shows."""

_SUMMARY = TypeAdapter(ArticleSummary)


class TrashedSummary(BaseModel):
    """What a list shows of a deleted article.

    Attributes:
        article: all but its text.
        deleted_at: when it was deleted, UTC.
        until: until when it can be restored, UTC.
    """

    article: ArticleSummary
    deleted_at: datetime
    until: datetime


class TrashList(BaseModel):
    """Deleted articles that can be restored, the one deleted last first."""

    articles: list[TrashedSummary]


class RestoreRequest(BaseModel):
    """Which deleted articles to restore."""

    model_config = ConfigDict(extra="forbid")

    ids: list[Annotated[str, Field(max_length=512)]] = Field(
        min_length=1, max_length=100, fail_fast=True, examples=[["vi-gia-nhap-asean-1995"]]
    )
    collection: str | None = None


@router.get("", dependencies=READ)
async def list_trash(service: ServiceOf, collection: CollectionName = None) -> TrashList:
    """List the deleted articles that can be restored; at most a thousand."""

    def listed() -> TrashList:
        rows = service.collection(collection).catalog.trash.listing(_LISTED)
        return TrashList(articles=[_summary(row) for row in rows])

    return await service.pool.run(listed)


@router.post("/restore", dependencies=WRITE)
async def restore_articles(request: RestoreRequest, service: ServiceOf) -> RestoreReport:
    """Restore deleted articles as they were; they are found again at once."""
    return await service.changes.run(
        lambda: restore(service.collection(request.collection), request.ids)
    )


@router.delete("", status_code=204, dependencies=WRITE)
async def empty_trash(service: ServiceOf, collection: CollectionName = None) -> None:
    """Remove all deleted articles for good."""

    def empty() -> None:
        opened = service.collection(collection)
        with opened.writing():
            opened.catalog.empty_trash()

    await service.changes.run(empty)


def _summary(row: dict[str, str | None]) -> TrashedSummary:
    deleted_at = datetime.fromisoformat(row.pop("deleted_at") or "")
    return TrashedSummary(
        article=_SUMMARY.validate_python(row), deleted_at=deleted_at, until=deleted_at + KEPT
    )
