"""An encoder behind an OpenAI-compatible ``/embeddings`` endpoint: TEI, vLLM, Infinity and others.

The protocol (https://platform.openai.com/docs/api-reference/embeddings) returns only vectors. It
gives neither the model's prompts and length nor its weights. Prompts and length are options here.
The weights are unknown, so the fingerprint stands for the model's name.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

import httpx
import numpy as np

from embeddings.encoder import Progress
from embeddings.errors import EncoderError
from embeddings.fingerprint import Fingerprint
from embeddings.options import EncoderOptions
from embeddings.overlong_texts import Overlong, merge
from embeddings.posting import Posting
from embeddings.text import canonical
from embeddings.vectors import TokenVectors, Vectors, normalised

_BATCH = 32
"""Texts in a request; the default limit of TEI."""

_BYTES_PER_TOKEN = 3
"""UTF-8 bytes. With XLM-R's vocabulary, a token takes 3.4 to 4.6 bytes on XQuAD in the three
languages. So the estimate is rather too high, and a passage that fits by the estimate fits."""


class EndpointEncoder:
    """A client of one model at one endpoint; safe to call from many threads."""

    def __init__(self, url: str, model: str, dim: int, options: EncoderOptions) -> None:
        """Encode with ``model`` at ``url``, whose vectors have ``dim`` dimensions."""
        self._url = url
        self._model = model
        self._options = options
        self._overlong = Overlong(options.overlong, model)
        self._posting = Posting(url, "embeddings endpoint", options)
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
        """Connect to an endpoint: ask it for one vector, which gives the number of dimensions.

        Args:
            address: the URL without ``/embeddings``, then ``#``, then the model's name.
            options: key, prompts, length and timeout.

        Raises:
            EncoderError: the address names no model, or the endpoint fails.
        """
        url, _, model = address.partition("#")
        if not model:
            raise EncoderError(
                f"{address} names no model: write the name after a #, as in {address}#bge-m3."
            )
        dim = cls(url.rstrip("/"), model, 0, options)._request(["Tamngu"]).shape[1]
        return cls(url.rstrip("/"), model, dim, options)

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model, as far as it is known."""
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
        """Return one vector per question, shape (len(texts), dim), in the order given.

        Raises:
            EncoderError: the endpoint fails, or its answer is not vectors.
        """
        return self._encode(texts, self._options.question_prompt, progress)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector per passage, shape (len(texts), dim), in the order given.

        Raises:
            EncoderError: the endpoint fails, or its answer is not vectors.
        """
        return self._encode(texts, self._options.passage_prompt, progress)

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector per question, and no token vectors."""
        return self.encode_questions(texts), ()

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector per passage, and no token vectors."""
        return self.encode_passages(texts, progress), ()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Estimate each text's number of tokens from its bytes; the estimate is rather too high."""
        return [math.ceil(len(canonical(text).encode()) / _BYTES_PER_TOKEN) for text in texts]

    def _room(self, prompt: str) -> int:
        # Most models put two special tokens around a text.
        return self._options.endpoint_tokens - self.count_tokens([prompt])[0] - 2

    def _encode(self, texts: Sequence[str], prompt: str, progress: Progress | None) -> Vectors:
        vectors = np.empty((len(texts), self._fingerprint.dim), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            some = [canonical(text) for text in texts[start : start + _BATCH]]
            lengths = self.count_tokens(some)
            parts = self._overlong.parts(lengths, self._room(prompt))
            pieces = [
                _cut(text, first, last)
                for text, spans in zip(some, parts, strict=True)
                for first, last in spans
            ]
            found = np.concatenate(
                [
                    self._request([prompt + piece for piece in pieces[i : i + _BATCH]])
                    for i in range(0, len(pieces), _BATCH)
                ]
            )
            vectors[start : start + len(some)] = merge(found, parts)
            if progress is not None:
                progress(len(some))
        return vectors

    def _request(self, texts: list[str]) -> Vectors:
        """Return the vectors of at most one batch of texts."""
        body = {"model": self._model, "input": texts, "encoding_format": "float"}
        return self._vectors(self._posting.post("embeddings", body), len(texts))

    def _vectors(self, response: httpx.Response, expected: int) -> Vectors:
        """Read a response, which may list the vectors in any order."""
        try:
            listed: list[dict[str, Any]] = response.json()["data"]
            ordered = sorted(listed, key=lambda each: int(each["index"]))
            vectors = np.array([each["embedding"] for each in ordered], dtype=np.float32)
            indices = [int(each["index"]) for each in ordered]
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise EncoderError(
                f"The embeddings endpoint {self._url} answers with something that is not vectors."
            ) from error
        if (
            indices != list(range(expected))
            or vectors.ndim != 2
            or not vectors.size
            or not np.isfinite(vectors).all()
        ):
            raise EncoderError(
                f"The embeddings endpoint {self._url} got {expected} texts and answers with "
                f"vectors of shape {vectors.shape}."
            )
        dim = self._fingerprint.dim
        if dim and vectors.shape[1] != dim:
            raise EncoderError(
                f"The embeddings endpoint {self._url} changed from {dim} dimensions to "
                f"{vectors.shape[1]}: it runs another model than before."
            )
        return normalised(vectors)


def _cut(text: str, first: int, last: int) -> str:
    """Return a window of a text. The window is given in estimated tokens; characters stay whole."""
    data = text.encode()
    edges = [min(token * _BYTES_PER_TOKEN, len(data)) for token in (first, last)]
    for i, edge in enumerate(edges):
        while edge < len(data) and data[edge] & 0xC0 == 0x80:
            edge -= 1
        edges[i] = edge
    return data[edges[0] : edges[1]].decode()
