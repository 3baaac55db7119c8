"""An encoder whose long work can be cancelled, so that a server stops in time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from embeddings import Encoder
from embeddings.encoder import Progress
from embeddings.encoder_wrapper import EncoderWrapper
from embeddings.vectors import TokenVectors, Vectors


class CancellableEncoder(EncoderWrapper):
    """Another encoder, with a check during long work that each thread may set for itself."""

    def __init__(self, encoder: Encoder) -> None:
        """Wrap ``encoder``."""
        super().__init__(encoder)
        self._local = threading.local()

    @contextmanager
    def checked(self, check: Callable[[], object]) -> Iterator[None]:
        """Call ``check`` repeatedly while this thread encodes passages inside the block.

        An exception that it raises ends the encoding, after the few texts that are being encoded.
        """
        self._local.check = check
        try:
            yield
        finally:
            del self._local.check

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one vector a passage, shape (len(texts), dim), in the order given."""
        return self.encoder.encode_passages(texts, self._checking(progress))

    def encode_passages_by_token(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> tuple[Vectors, Sequence[TokenVectors]]:
        """Return one vector a passage, shape (len(texts), dim), and each passage's tokens."""
        return self.encoder.encode_passages_by_token(texts, self._checking(progress))

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
