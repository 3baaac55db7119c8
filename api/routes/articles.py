"""Articles."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException

from api.problem import PROBLEMS
from api.service import CollectionName, ServiceOf
from rag import Article

router = APIRouter(prefix="/v1/articles", tags=["articles"], responses=PROBLEMS)


@router.get("/{article_id:path}")
async def read_article(
    article_id: str, service: ServiceOf, collection: CollectionName = None
) -> Article:
    """Return a whole article; the offsets of citations count its text's characters."""

    def read() -> Article | None:
        return service.collection(collection).catalog.article(article_id)

    article = await service.pool.run(read)
    if article is None:
        raise HTTPException(404, f"There is no article {article_id!r}")
    return article
