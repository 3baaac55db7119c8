"""A LlamaIndex retriever."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from tamngu.adapters.passages import found_hits, metadata, missing, search_request
from tamngu.client import AsyncClient, Client
from tamngu.records.hit import SearchResult
from tamngu.records.request import SearchRequest

try:
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import (
        NodeRelationship,
        NodeWithScore,
        QueryBundle,
        RelatedNodeInfo,
        TextNode,
    )
except ModuleNotFoundError as error:
    raise missing("llama-index-core", "llamaindex") from error

_NOT_READ = ["article_id", "passage_id", "start", "end", "score"]
"""Metadata that are kept out of a node's embedding and of a model's prompt."""


class TamnguRetriever(BaseRetriever):
    """Finds passages for a query; each node's source is its article."""

    def __init__(
        self,
        client: Client,
        async_client: AsyncClient | None = None,
        k: int = 5,
        conditions: Mapping[str, Any] | None = None,
    ) -> None:
        """Search with a client.

        Args:
            client: the client of the service.
            async_client: of the same service, for ``aretrieve``; default: ``aretrieve`` uses a
                thread.
            k: passages wanted.
            conditions: see :func:`tamngu.adapters.passages.search_request`.
        """
        super().__init__()
        self._client = client
        self._async_client = async_client
        self._k = k
        self._conditions = dict(conditions or {})

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return _nodes(self._client.search(self._request(query_bundle)))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if self._async_client is None:
            return await asyncio.to_thread(self._retrieve, query_bundle)
        return _nodes(await self._async_client.search(self._request(query_bundle)))

    def _request(self, query_bundle: QueryBundle) -> SearchRequest:
        return search_request(query_bundle.query_str, self._k, self._conditions)


def _nodes(result: SearchResult) -> list[NodeWithScore]:
    return [
        NodeWithScore(
            node=TextNode(
                id_=hit.passage_id,
                text=hit.text,
                metadata=metadata(hit),
                excluded_embed_metadata_keys=_NOT_READ,
                excluded_llm_metadata_keys=_NOT_READ,
                start_char_idx=hit.start,
                end_char_idx=hit.end,
                relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=hit.article_id)},
            ),
            score=hit.score,
        )
        for hit in found_hits(result)
    ]
