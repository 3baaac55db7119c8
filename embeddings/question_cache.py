"""An encoder that remembers the vectors of the latest questions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from embeddings.encoder import Encoder, Progress, TokenVectors, Vectors
from embeddings.encoder_wrapper import EncoderWrapper


class QuestionCache(EncoderWrapper):
    """Keeps question vectors, least recently asked first to go; the rest is the encoder's."""

    def __init__(self, encoder: Encoder, capacity: int) -> None:
        """Remember the vectors of ``capacity`` questions and of their tokens, some 20 KB each."""
        super().__init__(encoder)
        self._capacity = capacity
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Vectors, TokenVectors | None]] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a question, shape (len(texts), dim), in the order given."""
        if len(texts) > self._capacity:
            return self.encoder.encode_questions(texts, progress)
        vectors, _ = self.encode_questions_by_token(texts)
        if progress is not None and texts:
            progress(len(texts))
        return vectors

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector a question and the vectors of its tokens, where there are any."""
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
            # Encoded without the lock: others may ask meanwhile.
            vectors, tokens = self.encoder.encode_questions_by_token(unknown)
            found = {
                text: (vectors[i].copy(), tokens[i] if tokens else None)
                for i, text in enumerate(unknown)
            }
            known |= found
            with self._lock:
                self._known |= found
                while len(self._known) > self._capacity:
                    self._known.popitem(last=False)
        result = np.empty((len(texts), self.fingerprint.dim), dtype=np.float32)
        for i, text in enumerate(texts):
            result[i] = known[text][0]
        of_tokens = [known[text][1] for text in texts]
        return result, [each for each in of_tokens if each is not None]
