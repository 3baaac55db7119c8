"""The Model Context Protocol's own client against both transports."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from click.testing import CliRunner
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

from api.mcp import command as mcp_command
from api.routes.mcp import MISSING
from tests.integration.api.served import TAMNGU, make_key, serving

pytestmark = pytest.mark.slow

QUESTION = "How many recommendations did Viet Nam accept in the fourth Universal Periodic Review?"

Connect = Callable[[], AbstractAsyncContextManager[Client]]


@pytest.fixture(scope="module")
def address(sample_home: Path) -> Iterator[str]:
    with serving(sample_home) as address:
        yield f"{address}/mcp"


@pytest.fixture(params=["stdio", "http", "http-legacy"])
def connect(request: pytest.FixtureRequest, sample_home: Path, address: str) -> Connect:
    if request.param == "http":
        return lambda: Client(address)
    if request.param == "http-legacy":
        return lambda: Client(address, mode="legacy")
    words = ["mcp", "--home", str(sample_home), "-c", "sample"]
    server = StdioServerParameters(command=str(TAMNGU), args=words, env=dict(os.environ))
    return lambda: Client(stdio_client(server))


def spoken(connect: Connect, conversation: Callable[[Client], Awaitable[None]]) -> None:
    async def speak() -> None:
        async with connect() as client:
            await conversation(client)

    asyncio.run(speak())


async def used(client: Client, tool: str, **arguments: object) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    content: dict[str, Any] | None = result.structured_content
    assert content is not None
    return content


async def refused(client: Client, tool: str, **arguments: object) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return " ".join(getattr(part, "text", "") for part in result.content)


def test_a_conversation(connect: Connect) -> None:
    async def conversation(client: Client) -> None:
        await _lists_its_tools(client)
        await _answers_with_quotes_that_stand_in_articles(client)
        await _searches(client)
        await _reads_in_parts(client)
        await _says_what_is_wrong(client)

    spoken(connect, conversation)


@pytest.mark.parametrize(
    "body",
    ["[]", "{}", "12", '{"jsonrpc": "1.0", "id": 1, "method": "ping"}', '{"id": [], "x": 5}'],
)
def test_a_body_that_is_no_message_is_told_in_one_sentence(address: str, body: str) -> None:
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
    }
    response = httpx.post(address, content=body, headers=headers, timeout=60)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == -32600
    assert error["message"].startswith("The body is no message of JSON-RPC: send one object")


async def _lists_its_tools(client: Client) -> None:
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == {"search", "ask", "read_article"}
    for tool in tools.values():
        assert "Use this" in (tool.description or "")
        assert tool.output_schema is not None
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
    assert "question" in tools["ask"].input_schema["required"]
    assert tools["search"].input_schema["properties"]["k"]["maximum"] == 100
    assert tools["search"].input_schema["properties"]["read"]["default"] is False
    templates = (await client.list_resource_templates()).resource_templates
    assert [each.uri_template for each in templates] == ["tamngu://{collection}/articles/{+id}"]


async def _answers_with_quotes_that_stand_in_articles(client: Client) -> None:
    answer = await used(client, "ask", question=QUESTION)
    assert answer["collection"] == "sample"
    assert answer["abstained"] is False
    first = answer["citations"][0]
    assert "271" in first["quote"]
    assert f"“{first['quote']}” [1]" in answer["answer"]
    read = await used(client, "read_article", article_id=first["article_id"], characters=50_000)
    assert read["text"][first["start"] : first["end"]] == first["quote"]
    markers = {quote["marker"] for quote in answer["citations"]}
    for said in answer["answers"]:
        own = await used(client, "read_article", article_id=said["article_id"], characters=50_000)
        assert own["text"][said["start"] : said["end"]] == said["text"]
        assert set(said["citations"]) <= markers
        assert said["uri"].endswith(said["article_id"])
    resource = await client.read_resource(first["uri"])
    (content,) = resource.contents
    assert getattr(content, "text", "") == f"{read['title']}\n\n{read['text']}"


async def _searches(client: Client) -> None:
    found = await used(client, "search", question="东帝汶加入东盟", languages=["vi"], k=3)
    assert (found["language"], len(found["passages"])) == ("zh", 3)
    assert {passage["language"] for passage in found["passages"]} == {"vi"}
    read = await used(client, "search", question="东帝汶加入东盟", languages=["vi"], k=3, read=True)
    assert len(read["passages"]) == 3
    dated = await used(
        client, "search", question="ASEAN", published_from="2025-01-01", published_to="2025-06-30"
    )
    assert dated["passages"]
    for passage in dated["passages"]:
        assert "2025-01-01" <= passage["published_at"][:10] <= "2025-06-30"
    earlier = ["Việt Nam gia nhập ASEAN năm nào?"]
    completed = await used(client, "search", question="còn Lào?", context=earlier, k=1)
    assert completed["searched"] == "Lào gia nhập ASEAN năm nào?"


async def _reads_in_parts(client: Client) -> None:
    found = await used(client, "search", question="ASEAN", k=1)
    article = found["passages"][0]["article_id"]
    whole = await used(client, "read_article", article_id=article)
    parts: list[str] = []
    start: int | None = 0
    while start is not None:
        part = await used(client, "read_article", article_id=article, start=start, characters=700)
        parts.append(part["text"])
        start = part["next_start"]
    assert len(parts) > 1
    assert "".join(parts) == whole["text"]
    assert whole["characters"] == len(whole["text"])


async def _says_what_is_wrong(client: Client) -> None:
    assert "The question is empty" in await refused(client, "ask", question="?")
    assert "no collection 'none'" in await refused(client, "ask", question="x", collection="none")
    assert "cannot name" in await refused(client, "search", question="x", collection="../x")
    said = await refused(client, "search", question="x", k=0)
    assert said == "k: Input should be greater than or equal to 1."
    said = await refused(client, "search", question="x", source=["VN"])
    assert said == "There is no argument 'source'; did you mean 'sources'?"
    assert "it takes question, " in await refused(client, "ask", question="x", zzz=1)
    assert "question: " in await refused(client, "ask")
    assert "language" in await refused(client, "search", question="x", languages=["?"])
    for tag in ("xx", "zh-Hanx", "chinese"):
        said = await refused(client, "ask", question="x", languages=[tag])
        assert f"{tag!r} is not a language tag" in said
    found = await used(client, "search", question="ASEAN", sources=["No Such Desk"])
    assert found["passages"] == []
    assert "There is no source 'No Such Desk' in this collection" in found["notice"]
    answer = await used(client, "ask", question="ASEAN", languages=["fr"])
    assert "no article in the language 'fr'" in answer["notice"]
    assert "search for it" in await refused(client, "read_article", article_id="none")
    backwards = {"published_from": "2025-02-01", "published_to": "2025-01-01"}
    assert "is after" in await refused(client, "search", question="x", **backwards)
    for uri, words in (
        ("tamngu://sample/articles/none", "no article"),
        ("tamngu://sample/articles/..%2f..%2fetc", "no article"),
        ("tamngu://none/articles/x", "no collection"),
    ):
        with pytest.raises(MCPError, match=words):
            await client.read_resource(uri)


def test_many_at_once(address: str) -> None:
    async def conversation(client: Client) -> None:
        answers = await asyncio.gather(
            *(used(client, "search", question="Who chairs ASEAN?") for _ in range(12))
        )
        assert all(answer == answers[0] for answer in answers)

    spoken(lambda: Client(address), conversation)


def test_pages_from_elsewhere_are_refused(address: str) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    headers = {"Origin": "https://elsewhere.example", "Accept": "application/json"}
    response = httpx.post(address, json=message, headers=headers)
    assert response.status_code in (401, 403)
    assert httpx.get(address).status_code == 405


def test_tools_reach_what_the_key_reaches(sample_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(sample_home, home)
    keys = [make_key(home, "-c", "sample"), make_key(home, "-c", "other")]

    async def asked(key: str) -> CallToolResult:
        async with httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}) as http:
            transport = streamable_http_client(f"{address}/mcp", http_client=http)
            async with Client(transport) as client:
                return await client.call_tool("ask", {"question": "Who chairs ASEAN?"})

    async def both() -> list[CallToolResult]:
        return await asyncio.gather(*(asked(key) for key in [*keys, *keys]))

    with serving(home) as address:
        assert httpx.post(f"{address}/mcp", json={}).status_code == 401
        results = asyncio.run(both())
        openai = httpx.get(f"{address}/v1/models", headers={"X-API-Key": keys[1]}).json()
    assert [result.is_error for result in results] == [False, True, False, True]
    assert "does not reach the collection 'sample'" in str(results[1].content)
    names = ["tamngu", "tamngu-passage", "tamngu-question"]
    assert [model["id"] for model in openai["data"]] == names


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    words: list[str | Path] = [TAMNGU, "mcp", "--home", tmp_path, "-c", "none"]
    ended = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert ended.returncode == 1
    assert "There is no collection 'none'" in ended.stderr
    assert ended.stdout == ""


def test_without_the_extra_it_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mcp_command, "find_spec", lambda _: None)
    result = CliRunner().invoke(mcp_command.mcp, ["--home", str(tmp_path)])
    assert result.exit_code == 1
    assert result.output == f"Error: {MISSING}.\n"
