"""A chat model behind an OpenAI-compatible ``/chat/completions`` endpoint, read as it writes.

The protocol (https://platform.openai.com/docs/api-reference/chat-streaming) is server-sent events
whose data are JSON objects, each with the next few characters, and ``[DONE]`` after the last.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from embeddings.errors import TamnguError
from rag.answering.deadline import Deadline
from rag.text.visible import visible, visible_line

Message = Mapping[str, str]
"""``role`` (``system`` or ``user``) and ``content``."""

MAX_CHARACTERS = 20_000
"""A longer answer is an error, so that no endpoint can fill the memory."""

_LONGEST_LINE = 2**18
"""Bytes: enough for an answer in one event with each character written as ``\\uXXXX``."""

_LONGEST_PROBLEM = 500
"""Characters of what an endpoint says of its failure."""

_CUT = frozenset({"length", "content_filter"})
"""Reasons to finish that mean that the answer is incomplete."""


class ChatError(TamnguError):
    """A chat endpoint cannot be reached, refuses, or does not give a complete answer in time."""


class _Broken(Exception):
    """What is wrong with a response."""


@dataclass(frozen=True)
class Chat:
    """One model at one endpoint; safe to use from many threads.

    Attributes:
        url: without ``/chat/completions``.
        model: its name there.
        key: bearer token; empty: none is sent.
        timeout: seconds from the request to the end of the answer.
        temperature: of sampling; None: not sent, because some models accept only their own.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 120.0
    temperature: float | None = 0.0

    @classmethod
    def at(
        cls, address: str, *, timeout: float = 120.0, environment: Mapping[str, str] = os.environ
    ) -> Chat:
        """Read an address, and the key from ``TAMNGU_CHAT_API_KEY``; nothing is sent yet.

        Args:
            address: the URL without ``/chat/completions``, ``#`` and the model's name.
            timeout: seconds from a request to the end of its answer.
            environment: where the key is looked up.

        Raises:
            ChatError: the address names no model, or the key cannot be one.
        """
        url, _, model = address.partition("#")
        if not model:
            shown = visible_line(address)[:_LONGEST_PROBLEM]
            raise ChatError(f"{shown} names no model: write it after a #, as in {shown}#qwen3.")
        key = environment.get("TAMNGU_CHAT_API_KEY", "")
        if not (key.isascii() and key.isprintable()):
            raise ChatError("TAMNGU_CHAT_API_KEY has a character that no key has; write it again.")
        return cls(url.rstrip("/"), model, key, timeout)

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield the answer piece by piece; the request is sent when the first piece is wanted.

        After an error the pieces are only part of an answer.

        Raises:
            ChatError: the endpoint fails, answers in another form, or stops before the end; or the
                answer is too long or takes too long.
        """
        with Deadline(self.timeout) as deadline:
            try:
                yield from self._pieces(messages, deadline)
            except (_Broken, httpx.HTTPError, httpx.InvalidURL) as error:
                problem = str(error) or type(error).__name__
                if deadline.passed:
                    problem = f"no complete answer within {self.timeout:g} s"
                if self.key:
                    # Some endpoints repeat the key that they refuse.
                    problem = problem.replace(self.key, "***")
                problem = problem[:_LONGEST_PROBLEM]
                # A name and a password in the address are hidden too.
                shown = re.sub(r"//[^/]*@", "//", self.url)
                raise ChatError(
                    f"The chat endpoint {shown} failed ({problem}). Check the address, the "
                    "model's name and TAMNGU_CHAT_API_KEY."
                ) from error

    def _pieces(self, messages: Sequence[Message], deadline: Deadline) -> Iterator[str]:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        body: dict[str, Any] = {
            "model": self.model,
            # A model reads characters that nobody sees, in which a passage may hide instructions.
            "messages": [{**each, "content": visible(each["content"])} for each in messages],
            "stream": True,
        }
        if self.temperature is not None:
            body["temperature"] = self.temperature
        timeout = httpx.Timeout(self.timeout, connect=min(10.0, self.timeout))
        with (
            httpx.Client(timeout=timeout) as client,
            client.stream(
                "POST",
                f"{self.url}/chat/completions",
                # In ASCII: a character that UTF-8 cannot encode must not break the request.
                content=json.dumps(body),
                headers={"Content-Type": "application/json", **headers},
                extensions={"trace": deadline.watch},
            ) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise _Broken(f"status {response.status_code}: {_beginning(response)}")
            yield from _answer(_lines(response.iter_bytes()))


def _beginning(response: httpx.Response) -> str:
    """Return the first characters of an error's body, in one line."""
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > 1000:
            break
    return " ".join(body.decode(errors="replace").split())[:200]


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Split at line feeds only: JSON strings may hold U+2028 and similar characters unescaped."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
        if len(rest) > _LONGEST_LINE:
            raise _Broken("an event has no end")


def _answer(lines: Iterable[bytes]) -> Iterator[str]:
    length, finished = 0, False
    for line in lines:
        name, _, data = line.strip().partition(b":")
        if name in (b"", b"event", b"id", b"retry"):
            continue
        if name != b"data":
            raise _Broken("it answers with something other than events")
        if data.strip() == b"[DONE]":
            return
        piece, reason = _read(data)
        if reason in _CUT:
            raise _Broken(f"the answer was cut off, for {reason}")
        finished = finished or bool(reason)
        length += len(piece)
        if length > MAX_CHARACTERS:
            raise _Broken(f"the answer has more than {MAX_CHARACTERS} characters")
        if piece:
            yield piece
    if not finished:
        raise _Broken("the answer stops in the middle")


def _read(data: bytes) -> tuple[str, str]:
    """Return the text of an event, and the reason to finish, or an empty text."""
    try:
        event = json.loads(data)
        if event.get("error"):
            raise _Broken(f"error: {json.dumps(event['error'], ensure_ascii=False)[:200]}")
        # Events with counts of tokens have no choices, the first event of a choice has no text.
        choice = (event.get("choices") or [{}])[0]
        piece = (choice.get("delta") or {}).get("content") or ""
        reason = choice.get("finish_reason") or ""
        if not isinstance(piece, str) or not isinstance(reason, str):
            raise TypeError
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise _Broken("it answers with an event that cannot be read") from None
    return piece.encode(errors="replace").decode(), reason
