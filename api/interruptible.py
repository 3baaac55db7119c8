"""An encoder whose long work can be ended halfway, so that a server stops in time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from embeddings import Encoder, Fingerprint
from embeddings.encoder import Progress, TokenVectors, Vectors


class InterruptibleEncoder:
    """Does what another encoder does; a thread may have what it encodes checked meanwhile."""

    def __init__(self, encoder: Encoder) -> None:
        """Encode with ``encoder``."""
        self._encoder = encoder
        self._local = threading.local()

    @contextmanager
    def checked(self, check: Callable[[], object]) -> Iterator[None]:
        """Call something again and again while this thread encodes passages inside the block.

        What it raises ends the encoding, after the few texts that are under way.
        """
        self._local.check = check
        try:
            yield
        finally:
            del self._local.check

    @property
    def fingerprint(self) -> Fingerprint:
        """Identity of the model."""
        return self._encoder.fingerprint

    @property
    def max_passage_tokens(self) -> int:
        """Tokens of passage text that fit."""
        return self._encoder.max_passage_tokens

    @property
    def max_question_tokens(self) -> int:
        """Tokens of question text that fit."""
        return self._encoder.max_question_tokens

    @property
    def truncated(self) -> int:
        """Texts whose end was not encoded, since the model was loaded."""
        return self._encoder.truncated

    def encode_questions(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a question, shape (len(texts), dim), in the order given."""
        return self._encoder.encode_questions(texts, progress)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a passage, shape (len(texts), dim), in the order given."""
        return self._encoder.encode_passages(texts, self._checking(progress))

    def encode_questions_by_token(
        self, texts: Sequence[str]
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector a question, and each question's tokens."""
        return self._encoder.encode_questions_by_token(texts)

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector a passage, and each passage's tokens."""
        return self._encoder.encode_passages_by_token(texts, self._checking(progress))

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of the model's own tokens in each text."""
        return self._encoder.count_tokens(texts)

    def _checking(self, progress: Progress | None) -> Progress | None:
        check: Callable[[], object] | None = getattr(self._local, "check", None)
        if check is None:
            return progress
        check()

        def on_texts(count: int) -> None:
            check()
            if progress is not None:
                progress(count)

        return on_texts
