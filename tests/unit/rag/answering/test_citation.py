from __future__ import annotations

import pytest

from rag.answering.citation import cite
from rag.errors import CitationError
from rag.records.new_article import make_article

ARTICLE = make_article("Hai mươi ba 🎌 nước. 联合国。", key="k", title="Tin")


def test_a_quote_that_stands_there_is_cited() -> None:
    start = ARTICLE.text.index("联")
    citation = cite(ARTICLE, "p", start, start + 3, "联合国", "1")
    assert ARTICLE.text[citation.start : citation.end] == citation.quote
    assert citation.title == "Tin"


@pytest.mark.parametrize(("start", "end", "quote"), [(0, 3, "hai"), (0, 4, "Hai"), (5, 5, "")])
def test_a_quote_that_does_not_is_refused(start: int, end: int, quote: str) -> None:
    with pytest.raises(CitationError):
        cite(ARTICLE, "p", start, end, quote, "1")


def test_a_quote_of_a_deleted_article_is_refused() -> None:
    with pytest.raises(CitationError):
        cite(None, "p", 0, 3, "Hai", "1")
