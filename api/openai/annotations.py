"""The sources of an answer as OpenAI's annotations: addresses at the places of their markers."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from tamngu.records.answer import Answer

_MARKER = re.compile(r"\[(\d+)\]")


def url_citations(answer: Answer, text: str) -> list[dict[str, Any]]:
    """Return an annotation for each marker in a text whose article has an address.

    Args:
        answer: with the citations.
        text: what is shown of it; offsets count its characters.

    >>> url_citations(Answer("", "en", "", False, 1.0, (), (), 1.0), "1997 [1]")
    []
    """
    known = {each.marker: each for each in answer.citations}
    found = []
    for match in _MARKER.finditer(text):
        citation = known.get(match[1])
        if citation is None or citation.url is None:
            continue
        if urlsplit(citation.url).scheme in ("http", "https"):
            found.append(
                {
                    "type": "url_citation",
                    "url": citation.url,
                    "title": citation.title,
                    "start_index": match.start(),
                    "end_index": match.end(),
                }
            )
    return found


def nested(annotations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return annotations in the form of chat completions, which have their members one deeper."""
    return [
        {
            "type": each["type"],
            each["type"]: {name: value for name, value in each.items() if name != "type"},
        }
        for each in annotations
    ]
