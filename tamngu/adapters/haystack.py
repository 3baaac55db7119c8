"""A Haystack retriever, as a component of pipelines."""

from __future__ import annotations

from typing import Any

from tamngu.adapters.passages import found_hits, metadata, missing, search_request
from tamngu.client import AsyncClient, Client
from tamngu.client.connection import DEFAULT_ADDRESS
from tamngu.records.hit import SearchResult

try:
    from haystack import Document, component, default_from_dict, default_to_dict
    from haystack.utils import Secret
except ModuleNotFoundError as error:
    raise missing("haystack-ai", "haystack") from error

_KEY = Secret.from_env_var("TAMNGU_API_KEY", strict=False)


@component
class TamnguRetriever:
    """Finds passages for a query.

    A stored pipeline is loaded with ``allowed_modules=["tamngu.adapters.haystack"]``.
    """

    def __init__(
        self,
        address: str = DEFAULT_ADDRESS,
        api_key: Secret | None = _KEY,
        top_k: int = 5,
        conditions: dict[str, Any] | None = None,
        collection: str | None = None,
    ) -> None:
        """Search the service at an address; nothing is sent yet.

        Args:
            address: URL without ``/v1``.
            api_key: if the service asks for one.
            top_k: passages wanted.
            conditions: see :func:`tamngu.adapters.passages.search_request`.
            collection: which one to search; default: the one that the service was started with.
        """
        self.address = address
        self.api_key = api_key
        self.top_k = top_k
        self.conditions = conditions or {}
        self.collection = collection

    def to_dict(self) -> dict[str, Any]:
        """Return the component in the form in which a pipeline is stored."""
        return default_to_dict(
            self,
            address=self.address,
            api_key=self.api_key.to_dict() if self.api_key else None,
            top_k=self.top_k,
            conditions=self.conditions,
            collection=self.collection,
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> TamnguRetriever:
        """Return a component that was stored."""
        key = data["init_parameters"].get("api_key")
        if isinstance(key, dict):
            data["init_parameters"]["api_key"] = Secret.from_dict(key)
        return default_from_dict(cls, data)

    @component.output_types(documents=list[Document])
    def run(self, query: str, top_k: int | None = None) -> dict[str, list[Document]]:
        """Return the best passages as documents."""
        request = search_request(query, top_k or self.top_k, self.conditions)
        with Client(self.address, api_key=self._key(), collection=self.collection) as client:
            result = client.search(request)
        return {"documents": _documents(result)}

    @component.output_types(documents=list[Document])
    async def run_async(self, query: str, top_k: int | None = None) -> dict[str, list[Document]]:
        """Return the best passages as documents."""
        request = search_request(query, top_k or self.top_k, self.conditions)
        # Connections belong to an event loop, and a pipeline may run in another the next time.
        async with AsyncClient(
            self.address, api_key=self._key(), collection=self.collection
        ) as client:
            result = await client.search(request)
        return {"documents": _documents(result)}

    def _key(self) -> str | None:
        return self.api_key.resolve_value() if self.api_key else None


def _documents(result: SearchResult) -> list[Document]:
    return [
        Document(id=hit.passage_id, content=hit.text, meta=metadata(hit), score=hit.score)
        for hit in found_hits(result)
    ]
