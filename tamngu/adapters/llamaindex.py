"""A LlamaIndex retriever."""

from __future__ import annotations

import asyncio
from typing import Unpack

from tamngu.adapters.passages import metadata, missing
from tamngu.client.calls import SearchConditions
from tamngu.client.client import AsyncTamnguClient, TamnguClient
from tamngu.records.hit import SearchResult

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
"""What a node's embedding and a model's prompt are spared."""


class TamnguRetriever(BaseRetriever):
    """Finds passages for a query; each node's source is its article."""

    def __init__(
        self,
        client: TamnguClient,
        async_client: AsyncTamnguClient | None = None,
        **conditions: Unpack[SearchConditions],
    ) -> None:
        """Search with a client.

        Args:
            client: of the service.
            async_client: of the same, for ``aretrieve``; without it that takes a thread.
            conditions: what :meth:`tamngu.client.client.TamnguClient.search` takes; ``k`` is 5 by
            default.
        """
        super().__init__()
        self._client = client
        self._async_client = async_client
        self._conditions: SearchConditions = {"k": 5, **conditions}

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return _nodes(self._client.search(query_bundle.query_str, **self._conditions))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        if self._async_client is None:
            return await asyncio.to_thread(self._retrieve, query_bundle)
        result = await self._async_client.search(query_bundle.query_str, **self._conditions)
        return _nodes(result)


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
        for hit in result.hits
    ]
