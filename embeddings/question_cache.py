"""An encoder that remembers the vectors of the latest questions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from embeddings.encoder import Encoder, Progress
from embeddings.encoder_wrapper import EncoderWrapper
from embeddings.vectors import TokenVectors, Vectors

_LONGEST = 2000
"""Characters of a question that is remembered, so that the keys take at most 8 MB for each thousand
questions. Longer ones are hardly asked twice. Chosen manually, not tuned."""


_BYTES_EACH = 32 * 2**10
"""Bytes that a question may take where the cache is full: half as many again as a usual one takes.
Vectors of tokens take 750 KB where a model reads all of 500 tokens. Chosen manually, not tuned."""


_Encoded = tuple[Vectors, TokenVectors | None]
"""A question's vector, shape (dim,), and those of its tokens."""


class QuestionCache(EncoderWrapper):
    """Keeps the vectors of questions and drops the least recently used first."""

    def __init__(self, encoder: Encoder, capacity: int) -> None:
        """Remember the vectors of ``capacity`` questions and of their tokens.

        Each question takes about 20 KB; where many are far longer, fewer are remembered. One of
        more than 2,000 characters is not remembered.
        """
        super().__init__(encoder)
        self._capacity = capacity
        self._lock = threading.Lock()
        self._most_bytes = capacity * _BYTES_EACH
        self._bytes = 0
        self._known: OrderedDict[str, _Encoded] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector per question, shape (len(texts), dim), in the order given."""
        if len(texts) > self._capacity:
            return self.encoder.encode_questions(texts, progress)
        vectors, _ = self.encode_questions_by_token(texts)
        if progress is not None and texts:
            progress(len(texts))
        return vectors

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector per question, and token vectors if the encoder returns them."""
        if len(texts) > self._capacity:
            return self.encoder.encode_questions_by_token(texts)
        with self._lock:
            known = {text: self._known[text] for text in texts if text in self._known}
            for text in known:
                self._known.move_to_end(text)
            unknown = [text for text in dict.fromkeys(texts) if text not in known]
            self.hits += len(texts) - len(unknown)
            self.misses += len(unknown)
        if unknown:
            # The lock is free while the model runs, so that other threads can ask.
            vectors, tokens = self.encoder.encode_questions_by_token(unknown)
            encoded = {
                text: (vectors[i].copy(), tokens[i] if tokens else None)
                for i, text in enumerate(unknown)
            }
            known |= encoded
            self._remember({text: e for text, e in encoded.items() if len(text) <= _LONGEST})
        result = np.empty((len(texts), self.fingerprint.dim), dtype=np.float32)
        for i, text in enumerate(texts):
            result[i] = known[text][0]
        token_vectors = [known[text][1] for text in texts]
        return result, [each for each in token_vectors if each is not None]

    def _remember(self, encoded: dict[str, _Encoded]) -> None:
        """Keep vectors of texts; drop the least recently used ones that are too many."""
        with self._lock:
            for text, each in encoded.items():
                # Another thread may have encoded it at the same time.
                if text not in self._known:
                    self._known[text] = each
                    self._bytes += _size(each)
            while len(self._known) > self._capacity or self._bytes > self._most_bytes:
                _, dropped = self._known.popitem(last=False)
                self._bytes -= _size(dropped)


def _size(encoded: _Encoded) -> int:
    """Return the bytes of a question's vectors."""
    vector, tokens = encoded
    return vector.nbytes + (tokens.ids.nbytes + tokens.vectors.nbytes if tokens else 0)
