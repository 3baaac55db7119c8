"""A reader that is any extractive model of transformers (``AutoModelForQuestionAnswering``)."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from embeddings.options import EncoderOptions
from embeddings.quiet import quiet
from embeddings.sentence_transformer import parameter_digest
from reading.errors import ReaderError
from reading.reader import Reading
from reading.spans import best_spans
from reading.text import encodable

_MAX_TOKENS = 384
"""Tokens of question and window together, special tokens included, if the model reads so many."""

_MAX_QUESTION_SHARE = 3
"""A question has at most one in so many of these tokens; its end is cut."""


class ExtractiveReader:
    """An extractive model on torch.

    The probability that a window holds the answer is the margin between the likeliest place and the
    first token, which stands for "no answer" in models that learnt from SQuAD 2. Models that did
    not learn it judge windows badly.
    """

    def __init__(self, name: str, options: EncoderOptions) -> None:
        """Load a model by its path or its name on a hub.

        Raises:
            ReaderError: it cannot be found or loaded.
        """
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        try:
            with quiet():
                self._tokenizer: Any = AutoTokenizer.from_pretrained(
                    name, trust_remote_code=options.trust_remote_code
                )
                self._model: Any = AutoModelForQuestionAnswering.from_pretrained(
                    name, trust_remote_code=options.trust_remote_code
                ).eval()
            if options.device:
                self._model = self._model.to(options.device)
        except Exception as error:
            # A damaged folder, a missing device or a model's own code may raise anything.
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise ReaderError(
                f"Cannot load the reader {name}: {reason} Name a folder with an extractive model "
                "of transformers, or leave out the reader to use the packaged one."
            ) from error
        if not self._tokenizer.is_fast:
            raise ReaderError(
                f"{name} cannot be used: its tokenizer does not say where tokens are."
            )
        self._name = name
        self._digest = parameter_digest(self._model)
        positions = getattr(self._model.config, "max_position_embeddings", _MAX_TOKENS)
        self._max_tokens = min(_MAX_TOKENS, self._tokenizer.model_max_length, positions)
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """Its path or its name on a hub."""
        return self._name

    @property
    def digest(self) -> str:
        """SHA-256 of the weights."""
        return self._digest

    def read(self, question: str, windows: Sequence[str]) -> Sequence[Reading]:
        """Return one reading for each window, in the order given."""
        import torch

        if not windows:
            return ()
        # The tokenizer keeps its settings between calls.
        with self._lock, torch.no_grad():
            encoded = self._tokenizer(
                [self._shortened(encodable(question))] * len(windows),
                list(map(encodable, windows)),
                truncation="only_second",
                max_length=self._max_tokens,
                padding=True,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
            offsets = encoded.pop("offset_mapping").tolist()
            found = self._model(**{k: v.to(self._model.device) for k, v in encoded.items()})
        starts, ends = found.start_logits.float().cpu().numpy(), found.end_logits.float().cpu()
        return [
            _reading(text, encoded.sequence_ids(row), offsets[row], starts[row], ends[row].numpy())
            for row, text in enumerate(windows)
        ]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, without special tokens."""
        if not texts:
            return []
        with self._lock:
            encoded = self._tokenizer(
                list(map(encodable, texts)), add_special_tokens=False, verbose=False
            )["input_ids"]
        return [len(ids) for ids in encoded]

    def _shortened(self, question: str) -> str:
        """Return a question with no more tokens than leave room for a window."""
        room = self._max_tokens // _MAX_QUESTION_SHARE
        offsets = self._tokenizer(
            question, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )["offset_mapping"]
        return question if len(offsets) <= room else question[: offsets[room][0]]


def _reading(
    text: str,
    sequences: Sequence[int | None],
    offsets: Sequence[Sequence[int]],
    starts: np.ndarray,
    ends: np.ndarray,
) -> Reading:
    """Return the reading of one row of logits, shape (tokens,) each."""
    inside = [n for n, sequence in enumerate(sequences) if sequence == 1]
    if not inside:
        return Reading(0.0)
    own = slice(inside[0], inside[-1] + 1)
    margin = float(starts[own].max() + ends[own].max() - starts[0] - ends[0])
    probability = 1 / (1 + math.exp(-min(max(margin, -30.0), 30.0)))
    places = [(start, end) for start, end in offsets[own]]
    return Reading(round(probability, 6), best_spans(text, places, starts[own], ends[own]))
