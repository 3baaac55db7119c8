"""A reader that encodes question and window together, with heads on the vectors of the tokens."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from embeddings.tokenization.tokenizer import Tokenizer
from reading.packaged.heads import Array, Heads
from reading.reader import Reading
from reading.spans import best_spans
from reading.text import encodable

MAX_TOKENS = 192
"""Tokens of question and window together, special tokens included."""

MAX_QUESTION_TOKENS = 56
"""Tokens of a question that are read; its end is cut."""

_BEGIN, _END = 0, 2
"""Ids of XLM-R's special tokens."""

States = Callable[[Sequence[list[int]]], Sequence[Array]]
"""From token ids of some texts to the vectors of their tokens, shape (tokens, dim) each."""


@dataclass(frozen=True)
class _Window:
    """A window as token ids: ``<s> question </s></s> window </s>``.

    Attributes:
        text: of the window.
        ids: of question and window with special tokens.
        first: the window's first token.
        offsets: characters of each of the window's tokens, as (start, end).
    """

    text: str
    ids: list[int]
    first: int
    offsets: Sequence[tuple[int, int]]


class JointReader:
    """Reads with an encoder that runs anywhere, and with heads that NumPy computes."""

    def __init__(
        self, name: str, digest: str, tokenizer: Tokenizer, states: States, heads: Heads
    ) -> None:
        """Put a reader together; ``states`` must be safe to call from many threads."""
        self._name = name
        self._digest = digest
        self._tokenizer = tokenizer
        self._states = states
        self._heads = heads

    @property
    def name(self) -> str:
        """The name by which users know the model."""
        return self._name

    @property
    def digest(self) -> str:
        """SHA-256 of the weights."""
        return self._digest

    def read(self, question: str, windows: Sequence[str]) -> Sequence[Reading]:
        """Return one reading for each window, in the order given."""
        if not windows:
            return ()
        asked = self._tokenizer.ids([encodable(question)])[0][:MAX_QUESTION_TOKENS]
        made = [self._window(asked, text) for text in windows]
        states = self._states([each.ids for each in made])
        return [self._reading(each, found) for each, found in zip(made, states, strict=True)]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, without special tokens."""
        return [len(ids) for ids in self._tokenizer.ids(list(map(encodable, texts)))]

    def _window(self, asked: list[int], text: str) -> _Window:
        ids, offsets = self._tokenizer.spans(encodable(text))
        room = MAX_TOKENS - len(asked) - 4
        joined = [_BEGIN, *asked, _END, _END, *ids[:room], _END]
        return _Window(text, joined, len(asked) + 3, offsets[:room])

    def _reading(self, window: _Window, states: Array) -> Reading:
        if not window.offsets:
            return Reading(0.0)
        last = window.first + len(window.offsets)
        found = self._heads.logits(states, window.first, last)
        probability = 1 / (1 + math.exp(-min(max(found.answerable, -30.0), 30.0)))
        spans = best_spans(window.text, window.offsets, found.starts, found.ends)
        return Reading(round(probability, 6), spans)
