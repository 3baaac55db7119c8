"""A LangChain retriever."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from tamngu.adapters.passages import found_hits, metadata, missing, search_request
from tamngu.client import AsyncClient, Client
from tamngu.records.hit import SearchResult

try:
    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever
except ModuleNotFoundError as error:
    raise missing("langchain-core", "langchain") from error


class TamnguRetriever(BaseRetriever):
    """Finds passages for a query.

    Attributes:
        client: the client of the service.
        async_client: of the same service, for ``ainvoke``; default: ``ainvoke`` uses a thread.
        k: passages wanted.
        conditions: see :func:`tamngu.adapters.passages.search_request`.
    """

    client: Client
    async_client: AsyncClient | None = None
    k: int = 5
    conditions: dict[str, Any] = Field(default_factory=dict)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return _documents(self.client.search(search_request(query, self.k, self.conditions)))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        if self.async_client is None:
            return await super()._aget_relevant_documents(query, run_manager=run_manager)
        request = search_request(query, self.k, self.conditions)
        return _documents(await self.async_client.search(request))


def _documents(result: SearchResult) -> list[Document]:
    return [
        Document(id=hit.passage_id, page_content=hit.text, metadata=metadata(hit))
        for hit in found_hits(result)
    ]
