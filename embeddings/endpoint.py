"""An encoder behind an OpenAI-compatible ``/embeddings`` endpoint: TEI, vLLM, Infinity and others.

The protocol (https://platform.openai.com/docs/api-reference/embeddings) tells vectors only: not
the prompts, not the length, not the weights. The first two are settings, the last is unknown, so
the fingerprint stands for the model's name.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
import weakref
from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np

from embeddings.encoder import Progress, TokenVectors, Vectors
from embeddings.errors import EncoderError
from embeddings.fingerprint import Fingerprint
from embeddings.options import EncoderOptions
from embeddings.overlong import Overlong, merge, normalised
from embeddings.text import canonical

_LOG = logging.getLogger("tamngu.embeddings")

_BATCH = 32
"""Texts in a request; TEI takes no more unless told."""

_ATTEMPTS = 5
_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
"""Seconds; each wait is twice the one before, and as long as the server says where it does."""

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""

_BYTES_PER_TOKEN = 3
"""Of UTF-8. XLM-R's vocabulary takes 3.4 to 4.6 on XQuAD in the three languages, so this counts
rather too many, and a passage that is said to fit does."""


class EndpointEncoder:
    """A client of one model at one endpoint; safe to call from many threads."""

    def __init__(self, url: str, model: str, dim: int, options: EncoderOptions) -> None:
        """Encode with ``model`` at ``url``, whose vectors have ``dim`` dimensions."""
        self._url = url
        self._model = model
        self._options = options
        self._overlong = Overlong(options.overlong, model)
        key = options.endpoint_key
        self._client = httpx.Client(
            timeout=httpx.Timeout(options.endpoint_timeout, connect=10.0),
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )
        weakref.finalize(self, self._client.close)
        self._fingerprint = Fingerprint(
            model=f"{url}#{model}",
            weights=hashlib.sha256(f"endpoint model {model}".encode()).hexdigest(),
            dim=dim,
            pooling="endpoint",
            question_prompt=options.question_prompt,
            passage_prompt=options.passage_prompt,
        )

    @classmethod
    def connect(cls, address: str, options: EncoderOptions) -> EndpointEncoder:
        """Ask the endpoint for one vector, to learn its dimensions and that it works.

        Args:
            address: the URL under which ``/embeddings`` is, ``#`` and the model's name.
            options: how to ask.

        Raises:
            EncoderError: the address names no model, or the endpoint does not answer as it should.
        """
        url, _, model = address.partition("#")
        if not model:
            raise EncoderError(
                f"{address} names no model: write it after a #, as in {address}#bge-m3."
            )
        dim = cls(url.rstrip("/"), model, 0, options)._request(["Tamngu"]).shape[1]
        return cls(url.rstrip("/"), model, dim, options)

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model, as far as an endpoint tells."""
        return self._fingerprint

    @property
    def max_passage_tokens(self) -> int:
        """Tokens of passage text that fit beside the prompt."""
        return self._room(self._options.passage_prompt)

    @property
    def max_question_tokens(self) -> int:
        """Tokens of question text that fit beside the prompt."""
        return self._room(self._options.question_prompt)

    @property
    def truncated(self) -> int:
        """Texts whose end was not encoded, since the client was made."""
        return self._overlong.truncated

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a question, shape (len(texts), dim), in the order given.

        Raises:
            EncoderError: the endpoint fails, or answers with something else.
        """
        return self._encode(texts, self._options.question_prompt, progress)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a passage, shape (len(texts), dim), in the order given.

        Raises:
            EncoderError: the endpoint fails, or answers with something else.
        """
        return self._encode(texts, self._options.passage_prompt, progress)

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector a question, and no tokens."""
        return self.encode_questions(texts), ()

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector a passage, and no tokens."""
        return self.encode_passages(texts, progress), ()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Estimate the number of tokens in each text from its bytes, rather too high."""
        return [math.ceil(len(canonical(text).encode()) / _BYTES_PER_TOKEN) for text in texts]

    def _room(self, prompt: str) -> int:
        # Two for the special tokens that most models put around a text.
        return self._options.endpoint_tokens - self.count_tokens([prompt])[0] - 2

    def _encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors:
        vectors = np.empty((len(texts), self._fingerprint.dim), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            chosen = [canonical(text) for text in texts[start : start + _BATCH]]
            lengths = self.count_tokens(chosen)
            parts = self._overlong.parts(lengths, self._room(prompt))
            pieces = [
                _cut(text, first, last)
                for text, spans in zip(chosen, parts, strict=True)
                for first, last in spans
            ]
            found = np.concatenate(
                [
                    self._request([prompt + piece for piece in pieces[i : i + _BATCH]])
                    for i in range(0, len(pieces), _BATCH)
                ]
            )
            vectors[start : start + len(chosen)] = merge(found, parts)
            if progress is not None:
                progress(len(chosen))
        return vectors

    def _request(self, texts: list[str]) -> Vectors:
        """Return the vectors of at most a batch of texts, asking again where that may help."""
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        wait = _FIRST_WAIT
        for attempt in range(1, _ATTEMPTS + 1):
            retry_after = ""
            try:
                response = self._client.post(f"{self._url}/embeddings", json=body)
                if response.status_code == httpx.codes.OK:
                    return self._vectors(response, len(texts))
                problem = f"status {response.status_code}: {response.text.strip()[:200]}"
                retry_after = response.headers.get("retry-after", "")
                passing = response.status_code in _PASSING
            except httpx.HTTPError as error:
                problem = str(error) or type(error).__name__
                wrong = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
                passing = isinstance(error, httpx.TransportError) and not isinstance(error, wrong)
            except httpx.InvalidURL as error:
                problem, passing = str(error), False
            if not passing or attempt == _ATTEMPTS:
                times = "" if attempt == 1 else f" {attempt} times"
                raise EncoderError(
                    f"The embeddings endpoint {self._url} failed{times} ({problem}). Check the "
                    "address, the model's name and TAMNGU_ENDPOINT_KEY."
                )
            pause = min(float(retry_after) if retry_after.isdecimal() else wait, _LONGEST_WAIT)
            _LOG.info("%s failed (%s); asking again in %.1f s.", self._url, problem, pause)
            time.sleep(pause)
            wait *= 2
        raise AssertionError("unreachable")

    def _vectors(self, response: httpx.Response, expected: int) -> Vectors:
        """Read a response, in whatever order it lists the vectors."""
        try:
            listed: list[dict[str, Any]] = response.json()["data"]
            ordered = sorted(listed, key=lambda each: int(each["index"]))
            vectors = np.array([each["embedding"] for each in ordered], dtype=np.float32)
            indices = [int(each["index"]) for each in ordered]
        except (ValueError, KeyError, TypeError, OverflowError) as error:
            raise EncoderError(
                f"The embeddings endpoint {self._url} answers with something other than vectors."
            ) from error
        if (
            indices != list(range(expected))
            or vectors.ndim != 2
            or not vectors.size
            or not np.isfinite(vectors).all()
        ):
            raise EncoderError(
                f"The embeddings endpoint {self._url} was given {expected} texts and answers with "
                f"vectors of shape {vectors.shape}."
            )
        dim = self._fingerprint.dim
        if dim and vectors.shape[1] != dim:
            raise EncoderError(
                f"The embeddings endpoint {self._url} changed from {dim} dimensions to "
                f"{vectors.shape[1]}: another model runs there now."
            )
        return normalised(vectors)


def _cut(text: str, first: int, last: int) -> str:
    """Return a window of a text, given in estimated tokens, at whole characters."""
    data = text.encode()
    edges = [min(place * _BYTES_PER_TOKEN, len(data)) for place in (first, last)]
    for i, edge in enumerate(edges):
        while edge < len(data) and data[edge] & 0xC0 == 0x80:
            edge -= 1
        edges[i] = edge
    return data[edges[0] : edges[1]].decode()
