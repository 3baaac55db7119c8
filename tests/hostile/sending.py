"""Sending a hostile document to a server in every way in which it takes such a document."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from tamngu.records.request import MAX_QUESTION_CHARACTERS

MOST_S = 1200.0
"""Seconds after which an import that has not ended is cancelled. Chosen manually, not tuned: a
document has less by its limits."""

_LOOK_EVERY_S = 0.05

_TEXTS = (".txt", ".md")
"""Kinds of documents that are texts, and are sent as such, too."""

_EMBEDDED_CHARACTERS = 20_000
_LABEL_CHARACTERS = 2_000
"""Characters of one input for an embedding, and of a tag; the service takes no more."""

_READ_CHARACTERS = 400
"""Characters of which the packaged model reads all, even if each is a token of its own."""


@dataclass(frozen=True)
class Sending:
    """One way to send a document.

    Attributes:
        way: import, article, question, filter or embedding, and the long ones of these.
        send: sends it, waits for the outcome, and says what it was.
    """

    way: str
    send: Callable[[httpx.Client], str]


def sendings(number: int, kind: str, data: bytes, collection: str) -> Iterator[Sending]:
    """Yield the ways to send a document.

    Args:
        number: tells the document from others.
        kind: the ending of its name.
        data: what it holds.
        collection: to send it to.
    """
    name = f"{number:03d}{kind}"
    yield Sending("import", lambda client: _imported(client, collection, name, data))
    if kind not in _TEXTS:
        return
    text = data.decode("utf-8", "replace")
    article = {"id": name, "text": text}
    yield _post("article", "/v1/articles", articles=[article], collection=collection)
    asked = text[:MAX_QUESTION_CHARACTERS]
    yield _post("question", "/v1/ask", question=asked, collection=collection)
    if len(text) > len(asked):
        yield _post("long question", "/v1/ask", question=text, collection=collection)
    labels = _pieces(text, _LABEL_CHARACTERS)
    yield _post("filter", "/v1/search", question="Ai?", collection=collection, tags=labels)
    whole = text[:_EMBEDDED_CHARACTERS]
    for way, inputs in (
        ("embedding", _pieces(whole, _READ_CHARACTERS)),
        ("long embedding", [whole]),
    ):
        yield _post(way, "/v1/embeddings", model="tamngu-question", input=inputs)


def upload(client: httpx.Client, collection: str, name: str, data: bytes) -> httpx.Response:
    """Send a file to be imported; return the response."""
    files = [("files", (name, data))]
    return client.post("/v1/imports", params={"collection": collection}, files=files)


def job(client: httpx.Client, job_id: str) -> dict[str, Any]:
    """Return a job as it is now."""
    response = client.get(f"/v1/jobs/{job_id}")
    response.raise_for_status()
    found: dict[str, Any] = response.json()
    return found


def said_of(found: dict[str, Any]) -> str:
    """Return what became of an import: its state, what it stored, and what it rejected why."""
    progress, rejections = found["progress"], found["rejections"]
    said = f"{found['state']}: {progress['added'] + progress['updated']:,} articles"
    if progress["unchanged"]:
        said += f", {progress['unchanged']:,} unchanged"
    if rejections:
        first = rejections[0]["reason"]
        more = progress["rejected"] - rejections[0]["count"]
        said += f"; rejected: {first}" + (f", and {more:,} more" if more > 0 else "")
    return said + (f"; {found['error']}" if found["error"] else "")


def _imported(client: httpx.Client, collection: str, name: str, data: bytes) -> str:
    response = upload(client, collection, name, data)
    if response.status_code != httpx.codes.ACCEPTED:
        return _said_by(response)
    job_id, ends = response.json()["id"], time.monotonic() + MOST_S
    while (found := job(client, job_id))["ended_at"] is None:
        if time.monotonic() > ends:
            client.post(f"/v1/jobs/{job_id}/cancel")
            return "it did not end"
        time.sleep(_LOOK_EVERY_S)
    return said_of(found)


def _pieces(text: str, characters: int) -> list[str]:
    return [text[start : start + characters] for start in range(0, len(text), characters)]


def _post(way: str, path: str, **body: object) -> Sending:
    return Sending(way, lambda client: _said_by(client.post(path, json=body)))


def _said_by(response: httpx.Response) -> str:
    """Return the status of a response, and what is wrong if something is."""
    if response.is_success:
        return str(response.status_code)
    detail = response.json()
    error = detail.get("detail") or detail.get("error", {}).get("message")
    return f"{response.status_code}: {error}"
