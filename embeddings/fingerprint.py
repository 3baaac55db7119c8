"""What identifies an encoder: two vectors compare only when their fingerprints match."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

EXACT = "float32"
"""Precision class of vectors that agree with float32 to a cosine of :data:`AGREEMENT`."""

AGREEMENT = 0.9995
"""Least cosine between a text's vector and its float32 vector for the two to be one class."""


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
        revision: version or commit of the model where it has one, else empty.
        precision: class of the arithmetic: :data:`EXACT`, or a name of what is coarser.
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
        """Return a short form for messages: name, dimensions, first digits of the weights."""
        coarse = "" if self.precision == EXACT else f", {self.precision}"
        return f"{self.model} ({self.dim} dimensions, weights {self.weights[:8]}{coarse})"

    def matches(self, other: Fingerprint) -> bool:
        """Tell whether vectors of the two compare.

        The name may differ, as it may be a path, and so may the revision: the weights decide.
        """
        return dataclasses.replace(self, model=other.model, revision=other.revision) == other

    def to_json(self) -> str:
        """Return the fingerprint as a JSON object, keys sorted, so that equal means equal text."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Fingerprint:
        """Read what :meth:`to_json` wrote."""
        return cls(**json.loads(text))
