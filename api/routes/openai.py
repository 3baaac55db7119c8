"""OpenAI's API, for chat front ends: Tamngu as a model that cites its sources, and its vectors.

Requests and responses have the form of OpenAI's API; :mod:`api.openai.errors` has the errors.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
from fastapi.responses import Response, StreamingResponse

from api.auth.scopes import READ
from api.description import new_router
from api.openai.chat import complete, models, stream
from api.openai.errors import OPENAI_PROBLEMS, OpenAIRoute, Refusal
from api.openai.requests import (
    PASSAGE_MODEL,
    QUESTION_MODEL,
    ChatRequest,
    EmbeddingsRequest,
    no_model,
)
from api.openai.responses import ResponsesRequest, respond, stream_response
from api.service import Service, ServiceOf
from embeddings import Vectors
from rag.collection.paths import collection_names
from rag.text.chinese import as_encoded
from rag.text.language import identify

router = new_router(
    prefix="/v1",
    tags=["openai"],
    responses=OPENAI_PROBLEMS,
    dependencies=READ,
    route_class=OpenAIRoute,
)

_WRITTEN_AT_ONCE = 64
"""Vectors that are written as JSON in one call, some milliseconds. Chosen manually, not tuned."""

_STARTED_AT = int(time.time())
"""The time of creation that all models report, in seconds since 1970."""


@router.post(
    "/chat/completions",
    response_model=dict[str, Any],
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def chat(request: ChatRequest, service: ServiceOf) -> Response:
    """Answer the last message of the user with verified quotes and a list of their sources."""
    if not request.stream:
        return _json(await complete(service, request))
    return _events(await stream(service, request))


@router.post(
    "/responses",
    response_model=dict[str, Any],
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def create_response(request: ResponsesRequest, service: ServiceOf) -> Response:
    """Answer with verified quotes, whose sources are annotations; nothing is kept."""
    if not request.stream:
        return _json(await respond(service, request))
    return _events(await stream_response(service, request))


@router.post("/embeddings", response_model=dict[str, Any])
async def embed(request: EmbeddingsRequest, service: ServiceOf) -> Response:
    """Return L2-normalised vectors of texts, made by the model of the service."""
    return await service.pool.run(_embeddings, service, request)


@router.get("/models", response_model=dict[str, Any])
async def list_models(service: ServiceOf) -> Response:
    """Return the values that ``model`` may have."""
    names = await service.pool.run(_names, service)
    return _json({"object": "list", "data": [_model(name) for name in names]})


@router.get("/models/{name:path}", response_model=dict[str, Any])
async def one_model(name: str, service: ServiceOf) -> Response:
    """Return one model."""
    if name not in await service.pool.run(_names, service):
        raise no_model(name, "one that /v1/models lists")
    return _json(_model(name))


def _embeddings(service: Service, request: EmbeddingsRequest) -> Response:
    questions = request.are_questions()
    texts = request.texts()
    encoder = service.encoder
    dim = encoder.fingerprint.dim
    if request.dimensions not in (None, dim):
        raise Refusal(400, f"Vectors have {dim} dimensions; leave dimensions out.", "dimensions")
    counts = encoder.count_tokens(texts)
    limit = encoder.max_question_tokens if questions else encoder.max_passage_tokens
    for place, count in enumerate(counts):
        if count > limit:
            raise Refusal(
                400,
                f"The text has {count:,} tokens; the model reads at most {limit}. Shorten it.",
                f"input.{place}",
            )
    # Converted as in collections, so that Chinese has the same vector in both scripts.
    converted = [as_encoded(text, identify(text).code) for text in texts]
    vectors = (
        encoder.encode_questions(converted) if questions else encoder.encode_passages(converted)
    )
    rest = {
        "model": request.model,
        "usage": {"prompt_tokens": sum(counts), "total_tokens": sum(counts)},
    }
    rows = _rows(vectors, as_base64=request.encoding_format == "base64")
    body = f'{{"object": "list", "data": [{rows}], {json.dumps(rest, ensure_ascii=False)[1:]}'
    return Response(body, media_type="application/json")


def _rows(vectors: Vectors, as_base64: bool) -> str:
    """Return vectors in the form of the API: JSON objects with commas between them.

    They are written some at a time, because no other thread runs while JSON is being written: 2,048
    vectors would take a third of a second.

    Args:
        vectors: shape (n, dim).
        as_base64: give each vector as the base64 of little-endian float32, not as numbers.
    """
    written = []
    for start in range(0, len(vectors), _WRITTEN_AT_ONCE):
        some = vectors[start : start + _WRITTEN_AT_ONCE].astype(np.dtype("<f4"))
        rows: list[str] | list[list[float]] = (
            [base64.b64encode(row.tobytes()).decode() for row in some]
            if as_base64
            else some.tolist()
        )
        objects = [
            {"object": "embedding", "index": i, "embedding": row}
            for i, row in enumerate(rows, start)
        ]
        written.append(json.dumps(objects)[1:-1])
    return ", ".join(written)


def _events(events: AsyncIterator[str]) -> Response:
    # These headers ask proxies not to buffer the stream.
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


def _names(service: Service) -> list[str]:
    reached = [name for name in collection_names(service.place) if service.key.reaches(name)]
    return [*models(reached), PASSAGE_MODEL, QUESTION_MODEL]


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": _STARTED_AT, "owned_by": "tamngu"}


def _json(content: dict[str, Any]) -> Response:
    return Response(json.dumps(content, ensure_ascii=False), media_type="application/json")
