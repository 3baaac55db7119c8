"""What an article can make passages cost, whatever it consists of."""

from __future__ import annotations

import pytest

from rag.ingestion.chunking import PASSAGE_TOKENS, chunk
from rag.records.new_article import MAX_NAME, MAX_SENTENCES, MAX_TITLE, make_article
from tests.unit.rag.ingestion.test_chunking import count_words

SPACE = 200_000


@pytest.mark.parametrize(
    "text",
    ["a" + " " * SPACE + "b", "A. " + " " * SPACE + "B.", "A." + "\n" * SPACE + "B."],
    ids=["in a sentence", "between sentences", "between paragraphs"],
)
def test_no_passage_holds_unlimited_white_space(text: str) -> None:
    article = make_article(text, key="k", language="en")
    passages = chunk(article, count_words, PASSAGE_TOKENS)
    assert [article.text[p.start : p.end].strip(".").lower() for p in passages] == ["a", "b"]


def test_an_article_of_very_many_sentences_is_refused() -> None:
    assert make_article("a\n" * MAX_SENTENCES, key="k", language="en")
    with pytest.raises(ValueError, match="more than 100,000 sentences"):
        make_article("a\n" * (MAX_SENTENCES + 1), key="k", language="en")


def test_many_full_stops_are_not_many_sentences() -> None:
    assert make_article("..." * MAX_SENTENCES, key="k", language="en")


def test_what_is_returned_with_each_hit_is_bounded() -> None:
    long = "x" * 5000
    article = make_article("Text.", key="k", title=long, source=long, tags=[long] * 2000)
    assert (len(article.title), len(article.source or "")) == (MAX_TITLE, 2000)
    assert len(article.tags) == 1000
    assert {len(tag) for tag in article.tags} == {MAX_NAME}
    with pytest.raises(ValueError, match="URL is longer"):
        make_article("Text.", key="k", url=f"https://example.org/{long}")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\v", "\x85", "\u2028"])
def test_the_first_line_is_the_title(end: str) -> None:
    assert make_article(f"One two{end}three", key="k").title == "One two"
