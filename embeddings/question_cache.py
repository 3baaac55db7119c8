"""An encoder that remembers the vectors of the latest questions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from embeddings.encoder import Encoder, Progress, Vectors
from embeddings.fingerprint import Fingerprint


class QuestionCache:
    """Keeps question vectors, least recently asked first to go; the rest is the encoder's."""

    def __init__(self, encoder: Encoder, capacity: int) -> None:
        """Remember the vectors of ``capacity`` questions; each takes 4 bytes a dimension."""
        self.encoder = encoder
        self._capacity = capacity
        self._lock = threading.Lock()
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self.hits = 0
        self.misses = 0

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model."""
        return self.encoder.fingerprint

    @property
    def max_passage_tokens(self) -> int:
        """Tokens of passage text that fit."""
        return self.encoder.max_passage_tokens

    @property
    def max_question_tokens(self) -> int:
        """Tokens of question text that fit."""
        return self.encoder.max_question_tokens

    @property
    def truncated(self) -> int:
        """Texts whose end was not encoded, since the model was loaded."""
        return self.encoder.truncated

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a question, shape (len(texts), dim), in the order given."""
        if len(texts) > self._capacity:
            return self.encoder.encode_questions(texts, progress)
        vectors = np.empty((len(texts), self.fingerprint.dim), dtype=np.float32)
        unknown = []
        with self._lock:
            for i, text in enumerate(texts):
                vector = self._vectors.get(text)
                if vector is None:
                    unknown.append(i)
                else:
                    self._vectors.move_to_end(text)
                    vectors[i] = vector
            self.hits += len(texts) - len(unknown)
            self.misses += len(unknown)
        if progress is not None and len(unknown) < len(texts):
            progress(len(texts) - len(unknown))
        if unknown:
            # Encoded without the lock: others may ask meanwhile.
            found = self.encoder.encode_questions([texts[i] for i in unknown], progress)
            vectors[unknown] = found
            with self._lock:
                for i, vector in zip(unknown, found, strict=True):
                    self._vectors[texts[i]] = vector.copy()
                    self._vectors.move_to_end(texts[i])
                while len(self._vectors) > self._capacity:
                    self._vectors.popitem(last=False)
        return vectors

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a passage, shape (len(texts), dim), in the order given."""
        return self.encoder.encode_passages(texts, progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens in each text, without prompt or special tokens."""
        return self.encoder.count_tokens(texts)
