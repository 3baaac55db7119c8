"""OpenAI's own client against the service."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from openai import AsyncOpenAI, OpenAI

from embeddings import Encoder
from tests.integration.api.served import serving

QUESTION = "How many recommendations did Viet Nam accept in the fourth Universal Periodic Review?"
NOT_RETRIED: dict[str, Any] = {"api_key": "none", "max_retries": 0}


@pytest.fixture(scope="module")
def address(sample_home: Path) -> Iterator[str]:
    with serving(sample_home) as address:
        yield f"{address}/v1"


@pytest.fixture
def client(address: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=address, **NOT_RETRIED) as client:
        yield client


@pytest.mark.parametrize("model", ["tamngu", "tamngu/sample"])
def test_a_chat_is_answered_with_quotes_and_sources(
    client: OpenAI, model: str, encoder: Encoder
) -> None:
    completion = client.chat.completions.create(
        model=model,
        temperature=0.2,
        messages=[
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Who chairs ASEAN?"},
            {"role": "assistant", "content": "Ask me more."},
            {"role": "user", "content": QUESTION},
        ],
    )
    assert completion.object == "chat.completion"
    assert completion.model == model
    (choice,) = completion.choices
    assert (choice.message.role, choice.finish_reason) == ("assistant", "stop")
    text = choice.message.content
    assert text is not None
    extra = (completion.model_extra or {})["tamngu"]
    first = extra["citations"][0]
    assert "271" in first["quote"]
    assert f"“{first['quote']}” [1]" in text
    sources = text.split("\n\nSources:\n")[1].splitlines()
    assert len(sources) == len(extra["citations"])
    line = f"- [1] {first['title']}, {first['published_at'][:10]}, {first['url']}"
    assert sources[0] == line
    assert extra["abstained"] is False
    assert 0 < extra["confidence"] <= 1
    assert len(extra["hits"]) == 10
    assert first["passage_id"] in extra["hits"]
    assert completion.usage is not None
    assert completion.usage.prompt_tokens == encoder.count_tokens([QUESTION])[0]
    assert completion.usage.completion_tokens == encoder.count_tokens([text])[0]


def test_a_question_may_come_in_parts(client: OpenAI) -> None:
    completion = client.chat.completions.create(
        model="tamngu",
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "越南以多少票当选"},
                    {"type": "text", "text": "安理会非常任理事国？"},
                ],
            }
        ],
    )
    assert "来源：\n- [1] " in (completion.choices[0].message.content or "")


@pytest.mark.parametrize("counted", [True, False])
def test_a_stream_has_the_same_text_in_pieces(client: OpenAI, counted: bool) -> None:
    asked: dict[str, Any] = {
        "model": "tamngu",
        "messages": [{"role": "user", "content": QUESTION}],
    }
    whole = client.chat.completions.create(**asked)
    if counted:
        asked["stream_options"] = {"include_usage": True}
    chunks = list(client.chat.completions.create(**asked, stream=True))
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1
    last = chunks[-1]
    if counted:
        assert last.choices == []
        assert last.usage == whole.usage
        last = chunks[-2]
    else:
        assert last.usage is None
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert deltas[0].role == "assistant"
    assert len(deltas) > 5
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    assert last.choices[0].finish_reason == "stop"
    cited = (last.model_extra or {})["tamngu"]["citations"]
    assert cited == (whole.model_extra or {})["tamngu"]["citations"]


def test_a_stream_ends_as_clients_expect(address: str) -> None:
    body = {"model": "tamngu", "messages": [{"role": "user", "content": "ASEAN"}], "stream": True}
    response = httpx.post(f"{address}/chat/completions", json=body, timeout=60)
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.text.endswith("data: [DONE]\n\n")
    assert all(line.startswith("data: ") for line in response.text.split("\n\n") if line)


def test_the_asynchronous_client_is_answered(address: str) -> None:
    async def asked() -> tuple[str, str, list[float]]:
        async with AsyncOpenAI(base_url=address, **NOT_RETRIED) as client:
            whole = await client.chat.completions.create(
                model="tamngu", messages=[{"role": "user", "content": QUESTION}]
            )
            stream = await client.chat.completions.create(
                model="tamngu", messages=[{"role": "user", "content": QUESTION}], stream=True
            )
            pieces = [chunk.choices[0].delta.content or "" async for chunk in stream]
            vectors = await client.embeddings.create(model="tamngu-question", input="ASEAN")
            return (
                whole.choices[0].message.content or "",
                "".join(pieces),
                vectors.data[0].embedding,
            )

    whole, streamed, vector = asyncio.run(asked())
    assert whole == streamed
    assert len(vector) == 384


@pytest.mark.parametrize(
    ("model", "questions"),
    [("tamngu-passage", False), ("tamngu", False), ("tamngu-question", True)],
)
def test_vectors_are_the_encoders_own_in_both_formats(
    client: OpenAI, encoder: Encoder, model: str, questions: bool
) -> None:
    texts = ["Việt Nam gia nhập ASEAN năm 1995.", "Who chairs ASEAN?"]
    encode = encoder.encode_questions if questions else encoder.encode_passages
    # The client asks for base64 where it is not told otherwise, and reads it.
    by_default = client.embeddings.create(model=model, input=texts)
    numbers = client.embeddings.create(model=model, input=texts, encoding_format="float")
    for response in (by_default, numbers):
        vectors = np.array([each.embedding for each in response.data])
        assert np.allclose(vectors, encode(texts), atol=1e-4)
        assert [each.index for each in response.data] == [0, 1]
        assert response.usage.prompt_tokens == sum(encoder.count_tokens(texts))
    coded = client.embeddings.create(model=model, input=texts[0], encoding_format="base64")
    data: Any = coded.data[0].embedding
    assert np.allclose(np.frombuffer(base64.b64decode(data), "<f4"), encode(texts[:1]), atol=1e-4)
    assert client.embeddings.create(model=model, input="ASEAN", dimensions=384).data


def test_chinese_has_one_vector_in_both_scripts(client: OpenAI) -> None:
    pair = ["越南當選聯合國安理會非常任理事國", "越南当选联合国安理会非常任理事国"]
    first, second = client.embeddings.create(model="tamngu-passage", input=pair).data
    assert np.dot(first.embedding, second.embedding) > 0.9999


def test_models_are_listed(client: OpenAI) -> None:
    names = {model.id for model in client.models.list()}
    assert {"tamngu", "tamngu/sample", "tamngu-passage", "tamngu-question"} <= names
    assert client.models.retrieve("tamngu/sample").owned_by == "tamngu"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")


def _ask(content: object, **other: object) -> dict[str, Any]:
    return {"model": "tamngu", "messages": [{"role": "user", "content": content}], **other}


@pytest.mark.parametrize(
    ("request_", "param", "words"),
    [
        (_ask(""), None, "The question is empty"),
        (_ask("联合国" * 3000), None, "tokens"),
        (_ask([{"type": "image_url", "image_url": {"url": "x"}}]), "messages.0.content", "text"),
        (_ask([{"type": "text"}]), "messages.0.content", "text"),
        (_ask(None), "messages.0.content", "text"),
        (_ask(5), "messages.0.content", "string"),
        (_ask("ASEAN", n=2), "n", "one answer"),
        (_ask("ASEAN", response_format={"type": "json_object"}), "response_format", "text"),
        ({"model": "tamngu", "messages": []}, "messages", "no message"),
        ({"model": "tamngu", "messages": [{"role": "system", "content": "x"}]}, "messages", "no "),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_bad_chat_is_a_bad_request(
    client: OpenAI, request_: dict[str, Any], param: str | None, words: str, stream: bool
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**request_, stream=stream)
    error = caught.value
    assert words in error.message
    assert (error.param, error.type) == (param, "invalid_request_error")


@pytest.mark.parametrize("model", ["gpt-4o", "tamngu/none", "tamngu/", "tamngu/../../etc", ""])
def test_an_unknown_model_is_not_found(client: OpenAI, model: str) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "x y"}])
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="tamngu/sample", input="x")


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"input": []}, "1 to 2,048"),
        ({"input": ["x"] * 2049}, "1 to 2,048"),
        ({"input": ""}, "empty"),
        ({"input": ["x", " "]}, "empty"),
        ({"input": [1, 2]}, "Token ids"),
        ({"input": [[1], [2]]}, "Token ids"),
        ({"input": ["x", 1]}, "input"),
        ({"input": "联合国" * 3000}, "tokens"),
        ({"input": "x", "dimensions": 256}, "384 dimensions"),
        ({"input": "x", "encoding_format": "hex"}, "encoding_format"),
    ],
)
def test_a_bad_request_for_vectors_is_one(
    client: OpenAI, request_: dict[str, Any], words: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(model="tamngu-passage", **request_)
    assert words in f"{caught.value.param} {caught.value.message}"


def test_ten_megabytes_are_refused(client: OpenAI) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        client.embeddings.create(model="tamngu-passage", input="x" * 10_000_000)
    assert caught.value.status_code == 413


def test_an_error_is_a_problem_too(address: str) -> None:
    response = httpx.post(f"{address}/chat/completions", json=_ask(""))
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert list(body) == ["type", "title", "status", "detail", "error"]
    assert (body["status"], response.status_code) == (400, 400)
    assert body["error"]["message"] == body["detail"]


def test_broken_unicode_is_no_fault(address: str) -> None:
    headers = {"Content-Type": "application/json"}
    for path, content, status in (
        ("embeddings", b'{"model": "tamngu-passage", "input": "x\\ud800"}', 200),
        ("embeddings", b'{"model": "\\ud800", "input": "x"}', 404),
        ("chat/completions", b'{"model": "tamngu/\\ud800", "messages": []}', 400),
        ("chat/completions", b"{broken", 400),
    ):
        response = httpx.post(f"{address}/{path}", content=content, headers=headers, timeout=60)
        assert response.status_code == status, response.text
        assert status == 200 or response.json()["error"]["message"]
