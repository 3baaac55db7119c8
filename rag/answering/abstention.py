"""When an answer says that the collection does not hold one."""

from __future__ import annotations

from collections.abc import Sequence

from tamngu.records.citation import Citation

ABSTAIN_BELOW = 0.05
"""Confidence below which an answer says that the collection does not hold one.

It is low on purpose. The ranking cannot tell a question for one more detail of a known story from a
question that the story answers (docs/benchmarks.md). A quote that answers only in part is better
for the reader than no quote.
"""


def abstains(
    confidence: float, citations: Sequence[Citation], abstain_below: float | None = None
) -> bool:
    """Return whether an answer abstains.

    Args:
        confidence: probability that the collection holds the answer, 0 to 1.
        citations: of the answer.
        abstain_below: confidence below which it abstains; default: :data:`ABSTAIN_BELOW`.
    """
    threshold = ABSTAIN_BELOW if abstain_below is None else abstain_below
    return not citations or confidence < threshold
