"""Collections: list, count, create and delete them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import BaseModel

from api.article_requests import FacetRequest
from api.auth.scopes import ADMIN, READ, WRITE
from api.description import new_router
from api.error_responses import PROBLEMS
from api.idempotency.route import IdempotentRoute
from api.service import LOCK_WAIT_S, ServiceOf
from rag import Collection
from rag.collection.deletion import delete_collection
from rag.collection.paths import checked_name, collection_names
from rag.collection.statistics import CollectionStatistics, statistics
from rag.retrieval import facets
from tamngu.records.facets import Facets

router = new_router(
    prefix="/v1/collections", tags=["collections"], responses=PROBLEMS, route_class=IdempotentRoute
)

Name = Annotated[str, Path(examples=["default"])]


class CollectionList(BaseModel):
    """The names of all collections, sorted, and of the default collection."""

    collections: list[str]
    default: str


@router.get("", dependencies=READ)
async def list_collections(service: ServiceOf) -> CollectionList:
    """List the collections that the key reaches."""
    names = await service.pool.run(collection_names, service.place)
    reached = [name for name in names if service.key.reaches(name)]
    return CollectionList(collections=reached, default=service.default)


@router.get("/{name}", dependencies=READ)
async def collection_statistics(name: Name, service: ServiceOf) -> CollectionStatistics:
    """Count the articles and passages of a collection, and describe its indexes."""
    return await service.pool.run(lambda: statistics(service.collection(name).catalog))


@router.get("/{name}/facets", dependencies=READ)
async def count_facets(
    name: Name, service: ServiceOf, request: Annotated[FacetRequest, Query()]
) -> Facets:
    """Count articles by language, source, tag and date, also of those that meet conditions.

    Each list is counted under the conditions on everything but itself, so that its other values
    can be chosen.
    """

    def counted() -> Facets:
        return facets.count_facets(
            service.collection(name),
            request.filters,
            tags=request.language,
            by=request.by,
            limit=request.limit,
        )

    return await service.pool.run(counted)


@router.put(
    "/{name}",
    status_code=201,
    responses={200: {"description": "The collection existed already."}},
    dependencies=WRITE,
)
async def create_collection(
    name: Name, service: ServiceOf, response: Response
) -> CollectionStatistics:
    """Create an empty collection, if none has this name."""

    def create() -> tuple[bool, CollectionStatistics]:
        is_new = checked_name(name) not in collection_names(service.place)
        if is_new:
            Collection.open_or_create(service.place, name, service.encoder).close()
        return is_new, statistics(service.collection(name).catalog)

    is_new, figures = await service.changes.run(create)
    response.status_code = 201 if is_new else 200
    return figures


@router.delete("/{name}", status_code=204, dependencies=ADMIN)
async def remove_collection(name: Name, service: ServiceOf) -> None:
    """Delete a collection with all its articles."""

    def remove() -> None:
        # This comes first, because it fails while another process writes. It waits for the lock,
        # because a job runner holds the lock for a moment when it checks whether somebody writes.
        delete_collection(service.place, name, writer_s=LOCK_WAIT_S, compaction_s=LOCK_WAIT_S)
        service.collections.forget(name)

    await service.changes.run(remove)
