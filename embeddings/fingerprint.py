"""Identity of an encoder: two vectors are comparable only if their fingerprints match."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

EXACT = "float32"
"""Precision class of vectors whose cosine to the float32 vectors is at least :data:`AGREEMENT`."""

AGREEMENT = 0.9995
"""Least cosine to a text's float32 vector that counts as the class :data:`EXACT`."""


@dataclass(frozen=True)
class Fingerprint:
    """Identity of the function from text to vector.

    Attributes:
        model: name by which users know the model.
        weights: SHA-256 of the weights, hexadecimal.
        dim: number of dimensions of a vector.
        pooling: how token vectors become one vector, e.g. ``mean``.
        question_prompt: text before every question.
        passage_prompt: text before every passage.
        revision: version or commit of the model; empty if it has none.
        precision: class of the arithmetic: :data:`EXACT`, or the name of a coarser arithmetic.
    """

    model: str
    weights: str
    dim: int
    pooling: str
    question_prompt: str
    passage_prompt: str
    revision: str = ""
    precision: str = EXACT

    def __str__(self) -> str:
        """Return a short form for messages: name, dimensions, start of the weights' digest."""
        coarse = "" if self.precision == EXACT else f", {self.precision}"
        return f"{self.model} ({self.dim} dimensions, weights {self.weights[:8]}{coarse})"

    def matches(self, other: Fingerprint) -> bool:
        """Return whether vectors of the two encoders are comparable.

        Name and revision may differ, because the name can be a path; the weights decide.
        """
        return dataclasses.replace(self, model=other.model, revision=other.revision) == other

    def to_json(self) -> str:
        """Return a JSON object with sorted keys, so that equal fingerprints give equal text."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Fingerprint:
        """Read what :meth:`to_json` wrote."""
        return cls(**json.loads(text))
