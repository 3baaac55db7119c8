"""The service over collections of one machine and of a cluster: the same tests for both."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp_types import CallToolResult

from api.app import create_app
from embeddings import Encoder
from rag import Collection, ingest, make_article
from rag.cluster.cluster import Cluster
from rag.collection.paths import Home
from tests.cluster_parts import Part, milvus_lite
from tests.integration.api.served import TAMNGU
from tests.waiting import wait_until

TEXT = "Lào gia nhập ASEAN năm 1997. Lễ kết nạp ở Kuala Lumpur."


@pytest.fixture
def client(home: Home, tmp_path: Path, encoder: Encoder) -> Iterator[TestClient]:
    Collection.open_or_create(home, "default", encoder, "none").close()
    cluster = None if isinstance(home, Path) else home
    folder = home if isinstance(home, Path) else tmp_path
    app = create_app(folder, encoder, "default", reader="none", cluster=cluster)
    with TestClient(app, base_url="http://127.0.0.1") as made:
        yield made


def test_an_article_is_stored_found_and_deleted(client: TestClient) -> None:
    report = client.put("/v1/articles/one", json={"text": TEXT, "source": "Báo"}).json()
    assert (report["added"], report["rejected"]) == (1, [])
    (hit,) = client.post("/v1/search", json={"question": "Lào ASEAN"}).json()["hits"]
    assert hit["article_id"] == "one"
    assert client.put("/v1/articles/one", json={"text": TEXT, "source": "Báo"}).json()["unchanged"]
    assert client.get("/v1/collections/default").json()["languages"]["vi"]["articles"] == 1
    assert client.delete("/v1/articles/one").status_code == 204
    assert client.post("/v1/search", json={"question": "Lào ASEAN"}).json()["hits"] == []


def test_collections_are_created_listed_and_deleted(client: TestClient) -> None:
    assert client.put("/v1/collections/new").status_code == 201
    assert client.put("/v1/collections/new").status_code == 200
    assert client.get("/v1/collections").json()["collections"] == ["default", "new"]
    assert client.delete("/v1/collections/new").status_code == 204
    assert client.get("/v1/collections").json()["collections"] == ["default"]
    assert client.get("/v1/collections/new").status_code == 404


def test_a_part_that_is_down_is_503_and_a_retry_succeeds(
    cluster: Cluster, tmp_path: Path, encoder: Encoder
) -> None:
    with milvus_lite() as part:
        file = _with_milvus(cluster, part)
        Collection.open_or_create(file, "default", encoder, "none").close()
        app = create_app(tmp_path, encoder, "default", reader="none", cluster=file)
        with TestClient(app, base_url="http://127.0.0.1") as client:
            assert client.put("/v1/articles/one", json={"text": TEXT}).status_code == 200
            part.stop()
            response = client.post("/v1/search", json={"question": "Lào ASEAN"})
            assert response.status_code == 503
            assert response.headers["content-type"] == "application/problem+json"
            assert int(response.headers["retry-after"]) > 0
            assert client.put("/v1/articles/two", json={"text": f"{TEXT} Hai."}).status_code == 200
            part.start()
            asked = {"question": "Lào ASEAN"}
            # A client does not try to reach a server again at once.
            wait_until(lambda: client.post("/v1/search", json=asked).status_code == 200)
            found = client.post("/v1/search", json=asked).json()["hits"]
            assert {hit["article_id"] for hit in found} | {
                place["article_id"] for hit in found for place in hit["also_at"]
            } == {"one", "two"}


def _with_milvus(cluster: Cluster, part: Part) -> Cluster:
    address = f"http://127.0.0.1:{part.port}"
    return Cluster(replace(cluster.settings, vectors=address, timeout_s=3))


def test_a_language_model_searches_a_cluster(
    cluster: Cluster, cluster_file: Path, encoder: Encoder
) -> None:
    with closing(Collection.open_or_create(cluster, "default", encoder, "none")) as collection:
        ingest(collection, [make_article(TEXT, key="one", id="one")])
    words = ["mcp", "--cluster", str(cluster_file), "--reader", "none"]
    server = StdioServerParameters(command=str(TAMNGU), args=words, env=dict(os.environ))

    async def searched() -> CallToolResult:
        async with Client(stdio_client(server)) as client:
            return await client.call_tool("search", {"question": "Lào ASEAN"})

    result = asyncio.run(searched())
    assert not result.is_error, result.content
    assert result.structured_content is not None
    assert [each["article_id"] for each in result.structured_content["passages"]] == ["one"]
