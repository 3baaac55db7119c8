"""How documents are to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Reading:
    """How documents are to be read.

    Attributes:
        keep_boilerplate: whether a text keeps what its page put around the article.
        fields: names of an article's fields in JSON, and of their columns in tables, such as
            ``{"text": "body"}``; by default the fields' own names.
    """

    keep_boilerplate: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


DEFAULT_READING = Reading()
