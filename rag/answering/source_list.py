"""The list of sources under an answer, for readers who see only its text."""

from __future__ import annotations

from collections.abc import Sequence

from tamngu.records.citation import Citation

_HEADING = {"vi": "Nguồn:", "zh": "来源：", "en": "Sources:"}
_PAGE = {"vi": "tr. {page}", "zh": "第{page}页", "en": "p. {page}"}


def source_list(language: str, citations: Sequence[Citation]) -> str:
    """Return a heading and one line for every citation; an empty text without citations.

    The lines are items of a Markdown list, because chat front ends join other lines to one
    paragraph. They can be read without Markdown too.

    Args:
        language: of the heading and of the word for "page"; English for other languages.
        citations: in the order of their markers.
    """
    if not citations:
        return ""
    lines = [_HEADING.get(language, _HEADING["en"])]
    for citation in citations:
        place = [citation.title]
        if citation.published_at:
            place.append(citation.published_at[:10])
        if citation.page is not None:
            place.append(_PAGE.get(language, _PAGE["en"]).format(page=citation.page))
        if citation.url:
            place.append(citation.url)
        lines.append(f"- [{citation.marker}] {', '.join(place)}")
    return "\n".join(lines)
