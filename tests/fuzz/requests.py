"""Requests of all routes, and how they are changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.fuzz import service
from tests.fuzz.mutations import changed
from tests.fuzz.structures import dumped, other_value
from tests.fuzz.target import Target

_ASKED = {
    "question": "Lào gia nhập ASEAN năm nào?",
    "k": 2,
    "language": "vi",
    "languages": ["vi", "zh"],
    "prefer": "own",
    "tags": ["ASEAN"],
    "sources": None,
    "published_from": "2020-01-01",
    "published_to": "2021-01-01",
    "article_ids": ["vi-1", "zh/1", "en 1"],
    "copies": True,
    "read": False,
    "collection": "default",
}
_ARTICLE = {
    "text": "東盟秘書處設在雅加達。The secretariat is in Jakarta.",
    "title": "东盟",
    "language": "zh-Hant",
    "url": "https://a.example/1",
    "source": "Báo",
    "published_at": "2020-11-25T20:36:00+07:00",
    "authors": ["An"],
    "tags": ["ASEAN"],
}
_GOLD = {
    "id": "q",
    "question": "Ai?",
    "language": "vi",
    "relevant": [{"article_id": "vi-1", "quote": "Lào gia nhập ASEAN"}],
    "answers": ["Lào"],
    "tags": ["x"],
}
_MESSAGES = [
    {"role": "system", "content": "x"},
    {"role": "user", "content": "Who met in Vientiane?"},
]
_PARTS = [{"role": "user", "content": [{"type": "text", "text": "谁主持谈判？"}]}]
_MCP_HEADERS = [
    ["accept", "application/json, text/event-stream"],
    ["mcp-protocol-version", "2025-06-18"],
]
_FORM = (
    '--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n'
    "Content-Type: text/plain\r\n\r\nA text.\r\n"
    '--b\r\nContent-Disposition: form-data; name="field"\r\n\r\ntext=body\r\n'
    '--b\r\nContent-Disposition: form-data; name="keep_boilerplate"\r\n\r\ntrue\r\n--b--\r\n'
)


def _post(path: str, body: object, headers: Sequence[Sequence[str]] = ()) -> dict[str, Any]:
    typed = ["content-type", "application/json"]
    return {"method": "POST", "path": path, "headers": [typed, *headers], "json": body}


def _get(
    path: str, query: str = "", method: str = "GET", *headers: Sequence[str]
) -> dict[str, Any]:
    return {"method": method, "path": path, "query": query, "headers": [*headers]}


def _message(method: str, **params: object) -> dict[str, Any]:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return _post("/mcp", message, _MCP_HEADERS)


QUESTIONS: tuple[dict[str, Any], ...] = (
    _post("/v1/search", _ASKED),
    _post("/v1/search", {"question": "決議", "ranking": "bm25"}),
    _post("/v1/ask", {**_ASKED, "abstain_below": 0.1}),
    _post("/v1/ask", {"question": "Who met in Vientiane on 25 Nov 2020?", "read": True}),
    _post("/v1/languages/detect", {"text": "Viet Nam gia nhap ASEAN nam nao?"}),
    _post("/v1/embeddings", {"model": "tamngu-question", "input": ["a", "東盟"]}),
    _post("/v1/embeddings", {"model": "tamngu", "input": "a", "encoding_format": "base64"}),
    _post("/v1/chat/completions", {"model": "tamngu", "messages": _MESSAGES, "n": 1}),
    _post(
        "/v1/chat/completions",
        {
            "model": "tamngu/default",
            "messages": _PARTS,
            "stream": True,
            "stream_options": {"include_usage": True},
            "response_format": {"type": "text"},
        },
    ),
    _message("tools/list"),
    _message("tools/call", name="search", arguments={"question": "Lào?", "languages": ["vi"]}),
    _message("tools/call", name="ask", arguments={"question": "Lào?"}),
    _message(
        "initialize",
        protocolVersion="2025-06-18",
        capabilities={},
        clientInfo={"name": "a", "version": "1"},
    ),
)

OTHERS: tuple[dict[str, Any], ...] = (
    _post(
        "/v1/articles", {"articles": [_ARTICLE, {"text": "a", "id": "i"}], "collection": "default"}
    ),
    {
        **_post("/v1/articles/p?collection=default", _ARTICLE),
        "method": "PUT",
        "path": "/v1/articles/p/q",
    },
    {
        **_post("/v1/articles/vi-1", {"text": "Lào gia nhập ASEAN."}),
        "method": "PUT",
        "headers": [
            ["content-type", "application/json"],
            ["if-match", '"a", W/"b"'],
            ["idempotency-key", "k1"],
        ],
    },
    _post("/v1/evals", {"questions": [_GOLD], "name": "n", "ranking": "hybrid"}),
    _post(
        "/v1/imports/urls",
        {"urls": ["http://127.0.0.1:1/a"], "feeds": [], "most": 3, "delay_s": 0.5},
    ),
    {
        "method": "POST",
        "path": "/v1/imports",
        "query": "collection=new",
        "headers": [["content-type", "multipart/form-data; boundary=b"], ["idempotency-key", "k2"]],
        "raw": _FORM,
    },
    _get(
        "/v1/articles", "limit=2&language=vi&tag=ASEAN&published_from=2020-01-01&after=a&source=x"
    ),
    _get("/v1/articles/zh/1", "collection=default", "GET", ["if-none-match", 'W/"a", "b"']),
    _get("/v1/articles/i", "", "DELETE", ["if-match", "*"]),
    _get("/v1/passages", "article_id=vi-1"),
    _get("/v1/collections"),
    _get("/v1/collections/default"),
    _get("/v1/collections/c1", "", "PUT"),
    _get("/v1/collections/c1", "", "DELETE"),
    _get("/v1/jobs", "limit=3&after=x&kind=import"),
    _get("/v1/jobs/0123456789abcdef"),
    _get("/v1/jobs/0123456789abcdef/events"),
    _get("/v1/jobs/0123456789abcdef/cancel", "", "POST"),
    _get("/v1/evals/0123456789abcdef/run"),
    _get("/v1/models/tamngu/default"),
    _get("/v1/models"),
    _get("/metrics"),
    _get(
        "/readyz",
        "",
        "GET",
        ["x-request-id", "a"],
        ["traceparent", "00-1-2-01"],
        ["baggage", "a=b"],
    ),
    _get("/openapi.json", "", "GET", ["accept-encoding", "gzip"], ["origin", "https://a.example"]),
    _get("/", "", "HEAD", ["authorization", "Bearer tmg_a_b"], ["x-api-key", "tmg_a_b"]),
)
"""Requests that a change makes about everything but questions."""


def request_targets() -> list[Target]:
    """Return the targets: requests that ask, and all others."""
    return [
        Target(
            name,
            lambda requests=requests: [dumped(each) for each in requests],  # type: ignore[misc]
            request_changed,
            service.started,
            is_pure=False,
        )
        for name, requests in (("service questions", QUESTIONS), ("service others", OTHERS))
    ]


def request_changed(random: Random, data: bytes) -> bytes:
    """Change a request: mostly its body, sometimes its path, its query or its headers."""
    request = json.loads(data)
    if not isinstance(request, dict):
        return data
    places = [name for name in ("json", "raw", "path", "query", "headers") if name in request]
    place = "json" if "json" in request and random.random() < 0.7 else random.choice(places)
    held = request[place]
    if place == "json" and random.random() < 0.1:
        request["raw"] = changed(random, dumped(request.pop("json"))).decode("latin-1")
    elif place == "raw" and isinstance(held, str):
        request["raw"] = changed(random, held.encode("latin-1", "replace")).decode("latin-1")
    elif place in ("path", "query") and isinstance(held, str):
        request[place] = changed(random, held.encode("utf-8", "replace"), _WORDS).decode(
            "utf-8", "replace"
        )[:4000]
    else:
        request[place] = other_value(random, held)
    if random.random() < 0.03:
        request["method"] = random.choice(
            ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
        )
    return dumped(request)


_WORDS = (
    b"%00",
    b"%ff",
    b"%2f",
    b"%2e%2e/",
    b"&",
    b"=",
    b"../",
    b"?",
    b"limit=",
    b"collection=",
    b"after=",
    b"%",
)
