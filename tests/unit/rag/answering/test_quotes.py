from __future__ import annotations

from dataclasses import replace

import pytest

from rag import Collection, ingest, make_article
from rag.answering.question_kind import Kind
from rag.answering.quotes import MAX_CITATIONS, Quotes, best_sentence, fill, prove, timeline
from rag.answering.short_answers import Proposal, ProposedAnswer
from rag.text.sentences import sentences
from rag.text.span import Span
from tamngu.records.article import Article
from tamngu.records.hit import Evidence, Hit
from tests.unit.rag.answering.made_hits import hit

TEXTS = {
    "hue": "Hội nghị ở Huế\nHọ họp hôm thứ hai. Ông Ban Ki-moon phát biểu. Ông nói có 110 nước dự.",
    "zh": "会议在顺化举行。共有110个国家出席，创下纪录。",
    "en": "The meeting was long. Hue hosted 112 countries, officials said.",
    "laos": "GDP của Lào là 15 tỷ đô la. Lào nằm ở Đông Nam Á.",
    "cambodia": "Ở Campuchia con số đó gấp đôi. Campuchia có biển.",
}

DATES = {"hue": "2024-05-03", "zh": "2024-05-04T08:00:00+08:00", "en": "2024-05-06"}


@pytest.fixture(scope="module")
def articles() -> dict[str, Article]:
    return {
        key: make_article(text, key=key, id=key, title="Tin", published_at=DATES.get(key))
        for key, text in TEXTS.items()
    }


@pytest.fixture
def stored(empty: Collection, articles: dict[str, Article]) -> Collection:
    ingest(empty, articles.values())
    return empty


def found(key: str, *scores: float, title: str = "Tin") -> Hit:
    """Return a hit that is a whole article, whose sentences have these scores as evidence."""
    text = TEXTS[key]
    spans = sentences(text)
    evidence = sorted(
        (
            Evidence(span.start, span.end, span.of(text), score)
            for span, score in zip(spans, scores, strict=False)
        ),
        key=lambda each: -each.score,
    )
    made = hit(text, article=key, title=title, evidence=tuple(evidence))
    return replace(made, published_at=DATES.get(key))


def proposal(key: str, part: str, score: float = 0.5) -> Proposal:
    at = TEXTS[key].index(part)
    return Proposal(found(key), Span(at, at + len(part)), score)


def said(quotes: Quotes) -> list[str]:
    return [each.quote for each in quotes.citations]


def check(quotes: Quotes, articles: dict[str, Article]) -> None:
    """Check that quotes stand in their articles and are numbered in order."""
    for number, each in enumerate(quotes.citations, start=1):
        assert each.marker == str(number)
        assert articles[each.article_id].text[each.start : each.end] == each.quote


def test_the_sentence_of_an_answer_proves_it(
    stored: Collection, articles: dict[str, Article]
) -> None:
    quotes = Quotes(stored)
    (answer,) = prove(quotes, [ProposedAnswer((proposal("zh", "110个国家"),), 0.7)])
    assert said(quotes) == ["共有110个国家出席，创下纪录。"]
    assert (answer.text, answer.score, answer.language) == ("110个国家", 0.7, "zh")
    assert answer.citations == ("1",)
    assert articles["zh"].text[answer.start : answer.end] == answer.text
    check(quotes, articles)


def test_a_sentence_about_him_is_quoted_with_the_one_that_names_him(
    stored: Collection, articles: dict[str, Article]
) -> None:
    quotes = Quotes(stored)
    prove(quotes, [ProposedAnswer((proposal("hue", "110 nước"),), 0.7)])
    assert said(quotes) == ["Ông Ban Ki-moon phát biểu. Ông nói có 110 nước dự."]
    check(quotes, articles)


def test_an_answer_of_several_articles_has_a_proof_in_each(
    stored: Collection, articles: dict[str, Article]
) -> None:
    quotes = Quotes(stored)
    both = (proposal("hue", "110 nước"), proposal("zh", "110个国家"))
    other = ProposedAnswer((proposal("en", "112 countries"),), 0.5)
    answers = prove(quotes, [ProposedAnswer(both, 0.8), other])
    assert [(each.text, each.citations) for each in answers] == [
        ("110 nước", ("1", "2")),
        ("112 countries", ("3",)),
    ]
    check(quotes, articles)


def test_an_answer_in_a_heading_is_not_proven(stored: Collection) -> None:
    quotes = Quotes(stored)
    assert prove(quotes, [ProposedAnswer((proposal("hue", "Huế"),), 0.9)]) == ()
    assert said(quotes) == []


def test_where_the_heading_says_it_too_the_sentence_is_the_proof(stored: Collection) -> None:
    quotes = Quotes(stored)
    places = (proposal("hue", "Huế"), proposal("en", "Hue"))
    (answer,) = prove(quotes, [ProposedAnswer(places, 0.9)])
    assert (answer.text, answer.article_id) == ("Hue", "en")


def test_two_answers_in_one_sentence_share_a_quote(stored: Collection) -> None:
    quotes = Quotes(stored)
    one, other = proposal("en", "Hue"), proposal("en", "112 countries")
    answers = prove(quotes, [ProposedAnswer((one,), 0.9), ProposedAnswer((other,), 0.8)])
    assert [each.citations for each in answers] == [("1",), ("1",)]
    assert said(quotes) == ["Hue hosted 112 countries, officials said."]


def test_what_another_process_has_deleted_is_not_quoted(stored: Collection) -> None:
    stored.delete("zh")
    quotes = Quotes(stored)
    assert prove(quotes, [ProposedAnswer((proposal("zh", "110个国家"),), 0.7)]) == ()
    fill(quotes, [found("zh", 3, 2)], "?", None)
    assert said(quotes) == []


def test_the_best_sentences_fill_what_is_left(
    stored: Collection, articles: dict[str, Article]
) -> None:
    quotes = Quotes(stored)
    hits = [found("hue", 9.9, 2.0, 1.0, 0.5), found("zh", 2.5, 2.6), found("en", 2.4, 0.2)]
    fill(quotes, hits, "?", None)
    # Not the heading, though it has the best score.
    assert said(quotes) == [
        "共有110个国家出席，创下纪录。",
        "会议在顺化举行。",
        "The meeting was long.",
    ]
    assert quotes.full
    check(quotes, articles)


def test_there_are_three_quotes_where_there_are_sentences(stored: Collection) -> None:
    quotes = Quotes(stored)
    fill(quotes, [found("zh", 2.6, 0.5), found("en", 1.0, 1.7)], "?", None)
    assert said(quotes) == [
        "会议在顺化举行。",
        "Hue hosted 112 countries, officials said.",
        "The meeting was long.",
    ]


def test_the_best_sentence_is_no_heading() -> None:
    hits = [found("hue", 9.9, 2.0), found("zh", 1.0, 2.6)]
    best = best_sentence(hits)
    assert best is not None
    assert (best[0].article_id, best[1].of(TEXTS["zh"])) == ("zh", "共有110个国家出席，创下纪录。")
    assert best_sentence([]) is None


def test_what_is_quoted_already_is_not_quoted_again(stored: Collection) -> None:
    quotes = Quotes(stored)
    prove(quotes, [ProposedAnswer((proposal("zh", "110个国家"),), 0.7)])
    fill(quotes, [found("zh", 2.0, 2.6), found("en", 0.1, 2.0)], "?", None)
    assert said(quotes) == [
        "共有110个国家出席，创下纪录。",
        "会议在顺化举行。",
        "Hue hosted 112 countries, officials said.",
    ]
    repeated = "Có 110 nước dự hội nghị ở Huế, ông Ban nói. Ông nói có 110 nước."
    ingest(stored, [make_article(repeated, key="again", id="again")])
    again = Quotes(stored)
    first, second = sentences(repeated)
    whole = hit(repeated, article="again")
    assert again.add(whole, first) == "1"
    assert again.add(whole, first) == "1"
    # It only says again what the first says.
    assert again.add(whole, second) is None
    assert again.add(whole, second, also_if_repeated=True) == "2"


def test_there_are_three_quotes_at_most(stored: Collection) -> None:
    quotes = Quotes(stored)
    fill(quotes, [found(key, 2.0, 2.0, 2.0) for key in TEXTS], "?", None)
    assert len(said(quotes)) == MAX_CITATIONS


def test_of_the_latest_the_newest_is_first(stored: Collection) -> None:
    hits = [found("hue", 0, 2.0, 1.9), found("zh", 1.8, 1.7), found("en", 1.6, 1.5)]
    quotes = Quotes(stored)
    fill(quotes, hits, "?", "latest")
    assert [each.article_id for each in quotes.citations] == ["en", "en", "zh"]


def test_each_thing_that_is_compared_has_a_quote(stored: Collection) -> None:
    hits = [found("laos", 2.0, 1.9), found("cambodia", 1.2, 0.1), found("en", 1.8, 1.8)]
    quotes = Quotes(stored)
    fill(quotes, hits, "So sánh GDP của Lào và Campuchia", "comparison")
    assert said(quotes)[:2] == ["GDP của Lào là 15 tỷ đô la.", "Ở Campuchia con số đó gấp đôi."]


def test_a_timeline_has_a_quote_of_each_day_in_order(
    stored: Collection, articles: dict[str, Article]
) -> None:
    hits = [found("en", 3.0, 2.0), found("laos", 9.0, 8.0), found("hue", 0, 1.0), found("zh", 2, 1)]
    dated = timeline(stored, hits)
    assert [each.article_id for each in dated] == ["hue", "zh", "en"]
    assert [each.marker for each in dated] == ["1", "2", "3"]
    assert timeline(stored, [found("laos", 9.0)]) == []


@pytest.mark.parametrize("kind", [None, "latest", "comparison"])
def test_a_heading_is_quoted_only_where_there_is_nothing_else(
    stored: Collection, kind: Kind | None
) -> None:
    quotes = Quotes(stored)
    fill(quotes, [found("hue", 3.0), found("en", 2.5)], "Huế và Hà Nội", kind)
    assert said(quotes) == ["The meeting was long."]
    quotes = Quotes(stored)
    fill(quotes, [found("hue", 3.0)], "Huế và Hà Nội", kind)
    assert said(quotes) == ["Hội nghị ở Huế"]
    assert timeline(stored, [found("hue", 3.0)]) == []


def test_without_evidence_nothing_is_quoted(stored: Collection) -> None:
    quotes = Quotes(stored)
    fill(quotes, [], "?", None)
    fill(quotes, [found("zh")], "?", None)
    assert said(quotes) == []
