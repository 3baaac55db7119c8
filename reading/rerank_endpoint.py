"""A reader behind a ``/rerank`` endpoint: Jina, Cohere, vLLM, TEI and others; without spans.

Jina's form of the protocol (https://jina.ai/reranker), which Cohere and vLLM have too, names a
model and gets ``documents``; TEI's form (https://huggingface.github.io/text-embeddings-inference)
names none and gets ``texts``. The address tells which is meant: ``URL#MODEL`` or ``URL``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

from embeddings.errors import EncoderError
from embeddings.options import EncoderOptions
from embeddings.posting import Posting
from reading.errors import ReaderError
from reading.reader import Reading
from reading.text import encodable

_ATTEMPTS = 2
"""Somebody waits for the answer."""

_BYTES_PER_TOKEN = 3
"""UTF-8 bytes; see :mod:`embeddings.endpoint`."""


class RerankEndpoint:
    """A client of one model at one endpoint."""

    def __init__(self, address: str, options: EncoderOptions) -> None:
        """Remember the endpoint; it is first asked when something is read.

        Args:
            address: the URL without ``/rerank``; for Jina's form also ``#`` and the model's name.
            options: key and timeout.
        """
        url, _, self._model = address.partition("#")
        self._url = url.rstrip("/")
        self._name = address
        self._posting = Posting(self._url, "rerank endpoint", options, _ATTEMPTS)

    @property
    def name(self) -> str:
        """The address."""
        return self._name

    @property
    def digest(self) -> str:
        """What stands for the weights, which are not known: a digest of the address."""
        return hashlib.sha256(self._name.encode()).hexdigest()

    def read(self, question: str, windows: Sequence[str]) -> Sequence[Reading]:
        """Return one reading for each window, in the order given."""
        if not windows:
            return ()
        body: dict[str, Any] = {"query": encodable(question)}
        texts = [encodable(window) for window in windows]
        if self._model:
            body |= {"model": self._model, "documents": texts, "top_n": len(texts)}
        else:
            body |= {"texts": texts, "raw_scores": False}
        try:
            answered = self._posting.post("rerank", body).json()
        except EncoderError as error:
            raise ReaderError(str(error)) from error
        except (ValueError, RecursionError) as error:
            raise self._misunderstood() from error
        return [Reading(score) for score in self._scores(answered, len(windows))]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Estimate each text's number of tokens from its bytes."""
        return [math.ceil(len(encodable(text).encode()) / _BYTES_PER_TOKEN) for text in texts]

    def _scores(self, answered: Any, expected: int) -> list[float]:  # noqa: ANN401 - JSON
        """Return the scores in the order of the windows; an endpoint may leave some out."""
        scores = [0.0] * expected
        try:
            listed = answered["results"] if isinstance(answered, dict) else answered
            for each in listed:
                score = float(each["relevance_score" if "relevance_score" in each else "score"])
                place = range(expected)[each["index"]]
                if not math.isfinite(score) or place != each["index"]:
                    raise ValueError(f"{score} for window {place}")
                scores[place] = min(max(score, 0.0), 1.0)
        except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
            raise self._misunderstood() from error
        return scores

    def _misunderstood(self) -> ReaderError:
        return ReaderError(
            f"The rerank endpoint {self._url} answers with something that is not scores."
        )
