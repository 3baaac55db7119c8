"""Requests that are made to cost as much as possible, each within the limits of size."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MARKS = "\u0301\u0323"
QUESTION = "Ai ký hiệp định?"


@dataclass(frozen=True)
class Hostile:
    """A request.

    Attributes:
        name: what is hostile in it.
        path: of a route; with a body, it is a POST.
        body: JSON.
        headers: besides the usual ones.
    """

    name: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def _json(name: str, path: str, **body: Any) -> Hostile:  # noqa: ANN401 - any JSON
    return Hostile(name, path, json.dumps(body, ensure_ascii=False).encode())


def hostile_requests() -> Iterator[Hostile]:
    yield from _bodies_of_questions()
    yield from _bodies_in_openai_form()
    yield from _bodies_of_articles()
    yield from _others()


def _bodies_of_questions() -> Iterator[Hostile]:
    for name, values in {
        "languages": [1] * 150_000,
        "article_ids": ["x"] * 120_000,
        "sources": [{}] * 150_000,
        "tags": [["a"]] * 120_000,
    }.items():
        yield _json(f"wrong {name}", "/v1/search", question=QUESTION, **{name: values})
    yield _json("many languages", "/v1/search", question=QUESTION, languages=["vi"] * 100_000)
    yield _json("many ids", "/v1/search", question=QUESTION, article_ids=["x"] * 10_000)
    yield _json("marks in tags", "/v1/search", question=QUESTION, tags=["a" + MARKS * 400] * 500)
    yield _json("marks in a question", "/v1/search", question="a" + MARKS * 4990)
    yield _json("a megabyte of marks", "/v1/ask", question="a" + MARKS * 200_000)
    yield _json("bare syllables", "/v1/search", question="la " * 3300)
    yield _json("dates", "/v1/search", question="1/1/2020 " * 1100)
    for count in (29_000, 80_000):
        unknown = {f"k{i}": 1 for i in range(count)}
        yield _json(f"{count:,} unknown keys", "/v1/search", question="x", **unknown)
    yield _json("marks to detect", "/v1/languages/detect", text="a" + MARKS * 49_000)


def _bodies_in_openai_form() -> Iterator[Hostile]:
    path = "/v1/embeddings"
    for name, value in {
        "objects": [{}] * 100_000,
        "lists of objects": [[{}] * 60_000],
        "token ids": [1] * 200_000,
        "lists of token ids": [[1] * 10] * 20_000,
        "marks": ["a" + MARKS * 9_000] * 20,
        "spaces": [" " * 19_000 + "a"] * 40,
        "many texts": ["a"] * 500,
    }.items():
        yield _json(f"vectors of {name}", path, model="tamngu-question", input=value)
    path = "/v1/chat/completions"
    for name, content in {
        "numbers": [1] * 150_000,
        "wrong parts": [{"type": "text", "text": 1}] * 20_000,
        "marks": "a" + MARKS * 200_000,
    }.items():
        messages = [{"role": "user", "content": content}]
        yield _json(f"a chat of {name}", path, model="tamngu", messages=messages)
    yield _json("wrong messages", path, model="tamngu", messages=[{}] * 9_999)


def _bodies_of_articles() -> Iterator[Hostile]:
    path = "/v1/articles"
    yield _json("empty articles", path, articles=[{}] * 1000)
    tagged = {"text": "a", "tags": [1] * 900}
    yield _json("wrong tags", path, articles=[tagged] * 300)
    yield _json("short sentences", path, articles=[{"text": "a\n" * 300_000}])
    yield _json("marks in an article", path, articles=[{"text": "a" + MARKS * 200_000}])
    yield _json("space in an article", path, articles=[{"text": f"a{' ' * 900_000}b"}])
    yield _json("a long title", path, articles=[{"text": "a", "title": "x" * 900_000}])
    yield _json("empty gold", "/v1/evals", questions=[{}] * 99_999)
    urls = [f"http://{'é' * 250}.example/{i}" for i in range(1000)]
    yield _json("foreign URLs", "/v1/imports/urls", urls=urls)


def _others() -> Iterator[Hostile]:
    yield Hostile("deep JSON", "/v1/search", b"[" * 900_000)
    yield Hostile("many lists", "/v1/search", b"[" + b"[]," * 300_000 + b"[]]")
    yield Hostile("a long number", "/v1/search", b'{"top_k": ' + b"1" * 900_000 + b"}")
    yield Hostile("tags of entities", "/v1/jobs", headers={"If-None-Match": '"a",' * 7000})
    yield Hostile("baggage", "/v1/jobs", headers={"baggage": f"a{' ' * 30_000}b"})
    yield Hostile("a description", "/openapi.json")
    call = {"name": "search", "arguments": {"question": "x", "languages": [1] * 100_000}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    yield Hostile(
        "a wrong call of a tool",
        "/mcp",
        json.dumps(message).encode(),
        {"Accept": "application/json, text/event-stream"},
    )
