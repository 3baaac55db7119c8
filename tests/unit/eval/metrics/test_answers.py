from __future__ import annotations

import pytest

from eval.gold.gold_set import GoldQuestion, Relevant
from eval.metrics.answers import score_answer
from tamngu.records.answer import Answer
from tamngu.records.citation import Citation

TEXT = "The vote was 192. Estonia won later. Nobody spoke."


def answer(*quotes: str) -> Answer:
    citations = tuple(
        Citation(
            marker=str(number),
            article_id="a",
            passage_id="a:0-50",
            title="t",
            url=None,
            published_at=None,
            language="en",
            start=TEXT.index(quote),
            end=TEXT.index(quote) + len(quote),
            quote=quote,
        )
        for number, quote in enumerate(quotes, start=1)
    )
    return Answer("?", "en", "", False, 0.5, citations, (), 0.0)


@pytest.mark.parametrize("quote", ["The vote was 192.", "Estonia won later."])
def test_each_of_several_quotes_of_one_article_is_right(quote: str) -> None:
    gold = (Relevant("a", "vote was 192"), Relevant("a", "Estonia won"))
    question = GoldQuestion("q", "?", "en", gold, ("192",))
    found = score_answer(question, answer(quote, "Nobody spoke."), {"a": TEXT})
    assert (found.first_right, found.precision, found.recall) == (True, 0.5, 1.0)
    assert found.contains == ("192" in quote)
    assert found.verified == 2


def test_where_no_quote_is_known_an_answer_has_to_stand_in_it() -> None:
    question = GoldQuestion("q", "?", "en", (Relevant("a"),), ("Estonia",))
    assert score_answer(question, answer("Estonia won later."), {"a": TEXT}).any_right
    assert not score_answer(question, answer("Nobody spoke."), {"a": TEXT}).any_right


def test_a_quote_that_is_not_there_is_not_verified() -> None:
    question = GoldQuestion("q", "?", "en")
    assert score_answer(question, answer("Nobody spoke."), {"a": "Otherwise."}).verified == 0
