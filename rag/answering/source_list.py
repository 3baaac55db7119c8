"""The list of sources under an answer, for readers who see only its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from rag.text.visible import visible
from tamngu.records.citation import Citation

_HEADING = {"vi": "Nguồn:", "zh": "来源：", "en": "Sources:"}
_PAGE = {"vi": "tr. {page}", "zh": "第{page}页", "en": "p. {page}"}

_MARKUP = re.compile(r"[\\`<\[\]]")
"""What begins a link, a picture, code or HTML in Markdown."""

_NOT_IN_ADDRESS = re.compile(r"[\\`<>\[\]\s]")
"""What would end an address in Markdown, or begin something else."""


def source_list(language: str, citations: Sequence[Citation]) -> str:
    """Return a heading and one line for every citation; an empty text without citations.

    The lines are items of a Markdown list, because chat front ends join other lines to one
    paragraph. They can be read without Markdown too. What a title holds of Markdown is escaped: it
    would otherwise load a picture from an address that the article's author chose.

    Args:
        language: of the heading and of the word for "page"; English for other languages.
        citations: in the order of their markers.
    """
    if not citations:
        return ""
    lines = [_HEADING.get(language, _HEADING["en"])]
    for citation in citations:
        place = [_MARKUP.sub(r"\\\g<0>", visible(citation.title))]
        if citation.published_at:
            place.append(citation.published_at[:10])
        if citation.page is not None:
            place.append(_PAGE.get(language, _PAGE["en"]).format(page=citation.page))
        if citation.url:
            place.append(_NOT_IN_ADDRESS.sub(lambda found: quote(found[0]), visible(citation.url)))
        lines.append(f"- [{citation.marker}] {', '.join(place)}")
    return "\n".join(lines)
