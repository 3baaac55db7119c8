"""What a passage has to meet to be found, in the language of Milvus."""

from __future__ import annotations

import json

from rag.cluster.vectors import Condition
from tamngu.records.filter import UNDATED

LONGEST_LANGUAGE = 64
"""Characters of a language's code."""


def expression(condition: Condition) -> str:
    """Return a condition in the language of Milvus."""
    parts = [f"language == {json.dumps(condition.language[:LONGEST_LANGUAGE])}"]
    if condition.sources is not None:
        parts.append(f"source in {list(condition.sources)}")
    if condition.tags is not None:
        parts.append(f"array_contains_any(tags, {list(condition.tags)})")
    if condition.first_day is not None:
        parts.append(f"day >= {condition.first_day}")
    if condition.last_day is not None:
        parts.append(f"day <= {condition.last_day} and day > {UNDATED}")
    if condition.keys is not None:
        parts.append(f"key in {list(condition.keys)}")
    if condition.without:
        parts.append(f"key not in {list(condition.without)}")
    return " and ".join(parts)
