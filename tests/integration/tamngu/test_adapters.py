"""The retrievers in the libraries they are for."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Both would speak to their makers.
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"
os.environ["LANGSMITH_TRACING"] = "false"

from haystack import Pipeline
from llama_index.core.schema import MetadataMode

from tamngu.adapters import haystack, langchain, llamaindex
from tamngu.adapters.passages import metadata
from tamngu.client import AsyncClient, Client
from tamngu.records.hit import Hit
from tamngu.records.request import SearchRequest
from tests.integration.api.served import serving

pytestmark = pytest.mark.slow

QUESTION = "Ai chủ trì ASEAN?"


@pytest.fixture(scope="module")
def address(sample_home: Path) -> Iterator[str]:
    with serving(sample_home) as address:
        yield address


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    with Client(address) as client:
        yield client


@pytest.fixture
def hits(client: Client) -> tuple[Hit, ...]:
    return client.search(SearchRequest(QUESTION, top_k=4, languages=["vi", "zh"])).hits


def test_metadata_says_where_a_passage_stands(hits: tuple[Hit, ...]) -> None:
    assert list(metadata(hits[0])) == [
        *("article_id", "passage_id", "title", "url", "published_at"),
        *("language", "script", "start", "end", "page", "score"),
    ]


def test_langchain_retrieves(address: str, client: Client, hits: tuple[Hit, ...]) -> None:
    narrowed = {"languages": ["vi", "zh"]}
    retriever = langchain.TamnguRetriever(client=client, k=4, conditions=narrowed)

    async def both() -> None:
        async with AsyncClient(address) as other:
            own = retriever.model_copy(update={"async_client": other})
            for each in (own, retriever):
                assert await each.ainvoke(QUESTION) == documents

    documents = retriever.invoke(QUESTION)
    assert [document.page_content for document in documents] == [hit.text for hit in hits]
    assert [document.metadata for document in documents] == [metadata(hit) for hit in hits]
    assert [document.id for document in documents] == [hit.passage_id for hit in hits]
    asyncio.run(both())
    titles = retriever | (lambda found: [each.metadata["title"] for each in found])
    assert titles.invoke(QUESTION) == [hit.title for hit in hits]


def test_llamaindex_retrieves(address: str, client: Client, hits: tuple[Hit, ...]) -> None:
    retriever = llamaindex.TamnguRetriever(client, k=4, conditions={"languages": ["vi", "zh"]})
    nodes = retriever.retrieve(QUESTION)
    assert [node.score for node in nodes] == [hit.score for hit in hits]
    assert [node.metadata for node in nodes] == [metadata(hit) for hit in hits]
    assert [node.node_id for node in nodes] == [hit.passage_id for hit in hits]
    assert [node.text for node in nodes] == [hit.text for hit in hits]
    assert nodes[0].node.ref_doc_id == hits[0].article_id
    read = nodes[0].node.get_content(MetadataMode.LLM)
    assert hits[0].title in read
    assert hits[0].passage_id not in read

    async def both() -> None:
        async with AsyncClient(address) as other:
            own = llamaindex.TamnguRetriever(
                client, other, k=4, conditions={"languages": ["vi", "zh"]}
            )
            for each in (own, retriever):
                found = await each.aretrieve(QUESTION)
                assert [node.node_id for node in found] == [hit.passage_id for hit in hits]

    asyncio.run(both())


def test_haystack_retrieves_in_pipelines(address: str, hits: tuple[Hit, ...]) -> None:
    retriever = haystack.TamnguRetriever(address, top_k=4, conditions={"languages": ["vi", "zh"]})
    pipeline = Pipeline()
    pipeline.add_component("tamngu", retriever)
    stored = Pipeline.loads(pipeline.dumps(), allowed_modules=[haystack.__name__])
    for each in (pipeline, stored):
        documents = each.run({"tamngu": {"query": QUESTION}})["tamngu"]["documents"]
        assert [document.content for document in documents] == [hit.text for hit in hits]
        assert [document.meta for document in documents] == [metadata(hit) for hit in hits]
        assert [document.id for document in documents] == [hit.passage_id for hit in hits]
        assert [document.score for document in documents] == [hit.score for hit in hits]
    fewer = retriever.run(QUESTION, top_k=2)["documents"]
    assert fewer == documents[:2]
    at_once = Pipeline()
    at_once.add_component("tamngu", haystack.TamnguRetriever(address, top_k=4))
    found = asyncio.run(at_once.run_async({"tamngu": {"query": QUESTION}}))
    assert len(found["tamngu"]["documents"]) == 4


def test_passages_are_read_if_a_condition_says_so(address: str, client: Client) -> None:
    wanted = client.search(SearchRequest(QUESTION, top_k=4, read=True)).hits
    assert any("answerable" in hit.parts for hit in wanted)
    ids = [hit.passage_id for hit in wanted]
    reads = {"read": True}
    found = langchain.TamnguRetriever(client=client, k=4, conditions=reads).invoke(QUESTION)
    assert [document.id for document in found] == ids
    nodes = llamaindex.TamnguRetriever(client, k=4, conditions=reads).retrieve(QUESTION)
    assert [node.node_id for node in nodes] == ids
    retriever = haystack.TamnguRetriever(address, top_k=4, conditions=reads)
    assert [document.id for document in retriever.run(QUESTION)["documents"]] == ids


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("langchain", "langchain_core"),
        ("llamaindex", "llama_index"),
        ("haystack", "haystack"),
    ],
)
def test_a_library_that_is_missing_is_named(module: str, library: str) -> None:
    code = f"import sys; sys.modules[{library!r}] = None; import tamngu.adapters.{module}"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    last = ended.stderr.strip().splitlines()[-1]
    assert f"pip install 'tamngu[{module}]'" in last
