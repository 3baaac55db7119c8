"""How documents are to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reading:
    """How documents are to be read.

    Attributes:
        keep_boilerplate: leave in a text what its page put around the story.
        fields: in which column or under which name of JSON and CSV a field of an article stands,
            such as ``{"text": "body"}``; default: under its own.
    """

    keep_boilerplate: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


DEFAULT_READING = Reading()
