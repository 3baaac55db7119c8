"""What identifies an encoder: two vectors compare only when their fingerprints match."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Fingerprint:
    """Identity of the function from text to vector.

    Attributes:
        model: name a person knows the model by.
        weights: SHA-256 of the weights, hexadecimal.
        dim: number of dimensions of a vector.
        pooling: how token vectors become one vector, e.g. ``mean``.
        question_prompt: text put before every question.
        passage_prompt: text put before every passage.
    """

    model: str
    weights: str
    dim: int
    pooling: str
    question_prompt: str
    passage_prompt: str

    def __str__(self) -> str:
        """Return a short form for messages: name, dimensions, first digits of the weights."""
        return f"{self.model} ({self.dim} dimensions, weights {self.weights[:8]})"

    def matches(self, other: Fingerprint) -> bool:
        """Tell whether vectors of the two compare; the name may differ, as it may be a path."""
        return dataclasses.replace(self, model=other.model) == other

    def to_json(self) -> str:
        """Return the fingerprint as a JSON object, keys sorted, so that equal means equal text."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Fingerprint:
        """Read what :meth:`to_json` wrote."""
        return cls(**json.loads(text))
