"""What is asked of a collection."""

from __future__ import annotations

from typing import Literal

DEFAULT_K = 10
"""Hits returned when nobody says how many."""

ABSTAIN_BELOW = 0.05
"""Confidence under which an answer says that the collection does not hold one. Low: near misses,
which ask for one more detail of a story that is there, cannot be told from answers (README), and to
keep an answer back is worse than to quote what does not quite answer."""

MAX_K = 100
"""Hits that can be asked for."""

Ranking = Literal["fair", "plain", "words"]
"""``fair``: see :mod:`rag.retrieval.ranking`; the others are baselines: see
:mod:`rag.retrieval.baselines`."""

MAX_QUESTION_CHARACTERS = 10_000

Prefer = Literal["own"]
