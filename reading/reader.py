"""The protocol of readers, and what they return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class AnswerSpan:
    """A place in a window that may be the answer.

    Attributes:
        start: its first character in the window.
        end: one past its last character.
        score: probability that this place is the answer, if the window holds it; 0 to 1.
    """

    start: int
    end: int
    score: float


@dataclass(frozen=True)
class Reading:
    """What a reader finds in a window.

    Attributes:
        answerable: probability that the window holds the answer; 0 to 1.
        spans: the likeliest places, best first, none within another; empty from a reader that
            only judges windows.
    """

    answerable: float
    spans: tuple[AnswerSpan, ...] = ()


class Reader(Protocol):
    """Reads questions and windows together; safe to call from many threads."""

    @property
    def name(self) -> str:
        """The name by which users know the model."""

    @property
    def digest(self) -> str:
        """What changes when its readings change, such as the SHA-256 of its weights."""

    def read(self, question: str, windows: Sequence[str]) -> Sequence[Reading]:
        """Return one reading for each window, in the order given.

        Args:
            question: as it is asked.
            windows: some sentences each; what is longer than the model reads is cut at the end.

        Raises:
            ReaderError: the model cannot be loaded or reached.
        """

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, without special tokens."""
