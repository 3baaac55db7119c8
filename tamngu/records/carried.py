"""What a follow-up question takes over from the question before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CarriedKind = Literal["name", "period", "words"]
"""``name``: of a person, a place, an organisation. ``period``: a day, a month or a year. ``words``:
all else that the earlier question asks."""


@dataclass(frozen=True)
class Carried:
    """A part of an earlier question that completes a later one."""

    text: str
    kind: CarriedKind
