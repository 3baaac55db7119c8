"""A reader that is any cross-encoder of sentence-transformers: it judges windows, without spans."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from embeddings.options import EncoderOptions
from embeddings.quiet import quiet
from embeddings.source import find_source
from reading.errors import ReaderError
from reading.reader import Reading
from reading.text import encodable


class CrossEncoderReader:
    """A cross-encoder on torch; its score is the probability that a window holds the answer."""

    def __init__(self, name: str, options: EncoderOptions) -> None:
        """Load a model by its path or its name on a hub.

        Raises:
            ReaderError: it cannot be found or loaded, or gives other than one score.
        """
        from sentence_transformers import CrossEncoder

        try:
            with quiet():
                self._model: Any = CrossEncoder(
                    name,
                    device=options.device or None,
                    trust_remote_code=options.trust_remote_code,
                )
        except Exception as error:
            # A damaged folder, a missing device or a model's own code may raise anything.
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise ReaderError(f"Cannot load the reader {name}: {reason}") from error
        if self._model.num_labels != 1:
            raise ReaderError(
                f"{name} gives {self._model.num_labels} scores for a passage; a reader needs one."
            )
        self._name = name
        self._digest = find_source(name).identity if Path(name).is_dir() else name
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Its path or its name on a hub."""
        return self._name

    @property
    def digest(self) -> str:
        """What stands for the weights: the state of the folder, or the name."""
        return self._digest

    def read(self, question: str, windows: Sequence[str]) -> Sequence[Reading]:
        """Return one reading for each window, in the order given."""
        import torch

        if not windows:
            return ()
        with self._lock:
            scores = self._model.predict(
                [(encodable(question), encodable(window)) for window in windows],
                activation_fn=torch.nn.Sigmoid(),
                show_progress_bar=False,
            )
        return [Reading(round(float(score), 6)) for score in scores]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, without special tokens."""
        if not texts:
            return []
        with self._lock:
            encoded = self._model.tokenizer(
                list(map(encodable, texts)), add_special_tokens=False, verbose=False
            )["input_ids"]
        return [len(ids) for ids in encoded]
