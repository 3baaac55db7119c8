"""When an answer says that the collection does not hold one."""

from __future__ import annotations

from collections.abc import Sequence

from tamngu.records.citation import Citation

ABSTAIN_BELOW = 0.2
"""Confidence below which an answer says that the collection does not hold one.

Chosen on our own held-out questions (``python -m eval.fitting.reading``), so that about one right
answer in twenty is lost. Within a language, .03 of those that the collection answers are lost, and
.75 of those whose passage is missing are abstained from. Across languages it is .05 and .67.
"""

ABSTAIN_BELOW_UNREAD = 0.05
"""The same where nothing was read.

It is low on purpose. The ranking alone cannot tell a question for one more detail of a known story
from a question that the story answers (docs/benchmarks.md). A quote that answers only in part is
better than no quote.
"""


def abstains(
    confidence: float,
    citations: Sequence[Citation],
    abstain_below: float | None = None,
    *,
    read: bool = True,
) -> bool:
    """Return whether an answer abstains.

    Args:
        confidence: probability that the collection holds the answer, 0 to 1.
        citations: of the answer.
        abstain_below: confidence below which it abstains; default: one of the constants above.
        read: whether passages were read.
    """
    default = ABSTAIN_BELOW if read else ABSTAIN_BELOW_UNREAD
    threshold = default if abstain_below is None else abstain_below
    return not citations or confidence < threshold
