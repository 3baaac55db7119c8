from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.short_answers import short_answers
from rag.reading.passages import PassageReading, ReadSpan
from rag.text.span import Span
from tamngu.records.hit import Hit
from tests.unit.rag.answering.made_hits import hit

START = 500


class Found:
    """Hits, and what a reader found in them for a question."""

    def __init__(self, question: str = "?") -> None:
        self.question = question
        self.hits: list[Hit] = []
        self.readings: dict[str, PassageReading] = {}

    def add(
        self, text: str, answerable: float, *spans: tuple[str, float], article: str | None = None
    ) -> Found:
        """Add a passage, and the places that may be the answer with their scores."""
        start = START * (len(self.hits) + 1)
        made = hit(text, article=article or f"a{len(self.hits)}", start=start)
        places = []
        for part, score in spans:
            at = start + text.index(part)
            places.append(ReadSpan(Span(at, at + len(part)), score))
        self.hits.append(made)
        self.readings[made.passage_id] = PassageReading(
            Span(made.start, made.end), answerable, tuple(places)
        )
        return self

    @property
    def answers(self) -> list[tuple[str, int, float]]:
        """The answers: text, number of proposals, and score."""
        return [
            (each.proposals[0].text, len(each.proposals), round(each.score, 3))
            for each in short_answers(self.question, self.hits, self.readings)
        ]


def test_the_likeliest_place_of_all_passages_is_the_answer() -> None:
    found = Found()
    found.add("Họ họp ở Huế.", 0.5, ("Huế", 0.8))
    found.add("Có 72 nước dự.", 0.9, ("72 nước", 0.9))
    assert found.answers == [("72 nước", 1, 0.81)]


def test_the_answer_in_the_best_sentence_is_stated() -> None:
    found = Found()
    found.add("Họ họp ở Huế. Có 110 nước dự.", 0.5, ("Huế", 0.8), ("110 nước", 0.1))
    found.add("Có 72 nước dự.", 0.9, ("72 nước", 0.9))
    first, second = found.hits
    sentence = Span(first.start, first.start + len("Họ họp ở Huế."))
    for best, stated in ((sentence, ["Huế"]), (Span(sentence.end + 1, first.end), [])):
        answers = short_answers("?", found.hits, found.readings, None, (first, best))
        # One in the other sentence is too unlikely to be stated.
        assert [each.proposals[0].text for each in answers] == stated
    (answer,) = short_answers("?", found.hits, found.readings, None, (second, Span(0, 99_999)))
    assert answer.proposals[0].text == "72 nước"


def test_the_same_answer_in_other_articles_is_said_once_and_is_likelier() -> None:
    found = Found()
    found.add("Có 110 nước đồng bảo trợ.", 0.8, ("110 nước", 0.5))
    found.add("共有110个国家共同提案。", 0.5, ("110个国家", 0.8))
    found.add("110 countries sponsored it.", 0.5, ("110 countries", 0.4))
    assert found.answers == [("110 nước", 3, round(1 - 0.6 * 0.6 * 0.8, 3))]


def test_another_passage_of_the_same_article_proves_nothing_more() -> None:
    found = Found()
    found.add("Có 110 nước dự.", 0.8, ("110 nước", 0.5), article="a")
    found.add("110 nước đã ký.", 0.8, ("110 nước", 0.4), article="a")
    assert found.answers == [("110 nước", 2, 0.4)]


def test_the_same_answer_twice_in_a_passage_counts_once() -> None:
    found = Found()
    found.add("Có 110 nước dự, đúng 110.", 0.9, ("110 nước", 0.5), ("đúng 110", 0.4))
    assert found.answers == [("110 nước", 1, 0.45)]


def test_the_latest_of_the_likely_answers_is_taken_where_it_is_asked_for() -> None:
    found = Found("最新")
    found.add("Bão làm 12 người chết.", 0.9, ("12 người", 0.9))
    found.add("Bão làm 19 người chết.", 0.8, ("19 người", 0.9))
    found.add("Bão làm 40 người chết.", 0.5, ("40 người", 0.6))
    days = ("2020-10-11", "2020-10-14", "2020-10-20")
    found.hits = [
        replace(each, published_at=day) for each, day in zip(found.hits, days, strict=True)
    ]
    latest = short_answers(found.question, found.hits, found.readings, "latest")
    assert [each.proposals[0].text for each in latest] == ["19 người"]
    both = short_answers(found.question, found.hits, found.readings)
    assert [each.proposals[0].text for each in both] == ["12 người", "19 người"]


def test_sources_that_disagree_are_both_shown() -> None:
    found = Found()
    found.add("Có 110 nước dự.", 0.9, ("110", 0.9))
    found.add("Có 112 nước dự.", 0.8, ("112", 0.9))
    found.add("112 countries came.", 0.1, ("112", 0.9))
    assert [text for text, _, _ in found.answers] == ["110", "112"]


@pytest.mark.parametrize(
    ("text", "answerable", "article"),
    [
        # The same article does not contradict itself.
        ("Có 112 nước dự.", 0.9, "a0"),
        # Too unlikely beside the best.
        ("Có 112 nước dự.", 0.5, "a1"),
    ],
)
def test_what_does_not_contradict_is_left_out(text: str, answerable: float, article: str) -> None:
    found = Found()
    found.add("Có 110 nước dự.", 0.9, ("110", 0.9), article="a0")
    found.add(text, answerable, ("112", 0.9), article=article)
    assert [answer for answer, _, _ in found.answers] == ["110"]


def test_a_name_does_not_contradict_a_number() -> None:
    found = Found()
    found.add("Có 110 nước dự.", 0.9, ("110", 0.9))
    found.add("Họ họp ở Huế.", 0.9, ("Huế", 0.85))
    assert [text for text, _, _ in found.answers] == ["110"]


def test_three_answers_are_shown_at_most() -> None:
    found = Found()
    for number in range(5):
        found.add(f"Có {number + 20} nước dự.", 0.9, (f"{number + 20}", 0.9))
    assert len(found.answers) == 3


@pytest.mark.parametrize(
    ("text", "parts", "expected"),
    [
        (
            "Họ nói về du lịch, cơ sở hạ tầng và năng lượng.",
            ["cơ sở hạ tầng", "du lịch", "năng lượng"],
            "du lịch, cơ sở hạ tầng và năng lượng",
        ),
        (
            "They met in Hue, Hanoi, and Da Nang.",
            ["Hue", "Da Nang", "Hanoi"],
            "Hue, Hanoi, and Da Nang",
        ),
        ("涉及旅游、能源以及交通。", ["能源", "旅游", "交通"], "旅游、能源以及交通"),
        ("Lào; Campuchia đã dự.", ["Campuchia", "Lào"], "Lào; Campuchia"),
        # Something else stands between them.
        ("Ban met Kerry in Hue and Hanoi.", ["Ban", "Kerry"], "Ban"),
        ("Ban and his friend Kerry came.", ["Ban", "Kerry"], "Ban"),
        ("旅游业和他的能源。", ["旅游业", "能源"], "旅游业"),
    ],
)
def test_a_list_comes_whole(text: str, parts: list[str], expected: str) -> None:
    found = Found()
    found.add(text, 0.9, *((part, 0.5 - 0.1 * n) for n, part in enumerate(parts)))
    (best, *_) = found.answers
    assert best[0] == expected


def test_the_parts_of_a_list_are_likely_together() -> None:
    found = Found()
    found.add("Họ nói về du lịch và năng lượng.", 0.9, ("du lịch", 0.5), ("năng lượng", 0.4))
    assert found.answers == [("du lịch và năng lượng", 1, 0.81)]


def test_a_place_where_a_name_of_the_question_is_missing_is_less_likely() -> None:
    found = Found("越南哪年加入东盟？")
    found.add("Việt Nam gia nhập APEC năm 1998.", 0.9, ("năm 1998", 0.9))
    found.add("Việt Nam gia nhập ASEAN năm 1995.", 0.8, ("năm 1995", 0.8))
    assert found.answers == [("năm 1995", 1, 0.64)]


def test_a_name_in_the_title_is_not_missing() -> None:
    found = Found("When did Viet Nam join ASEAN?")
    found.add("Việt Nam gia nhập năm 1995.", 0.8, ("năm 1995", 0.8))
    assert found.answers == [("năm 1995", 1, 0.32)]
    found.hits[0] = replace(found.hits[0], title="ASEAN mở rộng")
    assert found.answers == [("năm 1995", 1, 0.64)]


def test_without_a_likely_place_there_is_no_answer() -> None:
    assert short_answers("?", [], {}) == []
    assert Found().add("Họ họp ở Huế.", 0.9).answers == []
    assert Found().add("Họ họp ở Huế.", 0.2, ("Huế", 0.9)).answers == []
    unread = hit("Họ họp ở Huế.")
    assert short_answers("?", [unread], {}) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Có 110 nước dự ở Huế.", "112国在河内出席。", "Hue hosted 110."]),
            st.floats(0, 1),
            st.lists(st.tuples(st.integers(0, 14), st.integers(1, 8), st.floats(0, 1)), max_size=4),
            st.sampled_from(["a", "b", "c"]),
        ),
        max_size=5,
    )
)
def test_answers_stand_in_their_articles(
    found: list[tuple[str, float, list[tuple[int, int, float]], str]],
) -> None:
    hits: list[Hit] = []
    readings: dict[str, PassageReading] = {}
    for number, (text, answerable, spans, article) in enumerate(found):
        made = hit(text, article=article, start=START * number)
        hits.append(made)
        taken = 0
        places = []
        for start, length, score in sorted(spans):
            first, last = max(start, taken), min(start + length, len(text))
            if first < last:
                taken = last
                places.append(ReadSpan(Span(made.start + first, made.start + last), score))
        places.sort(key=lambda each: -each.score)
        readings[made.passage_id] = PassageReading(
            Span(made.start, made.end), answerable, tuple(places)
        )
    answers = short_answers("?", hits, readings)
    assert len(answers) <= 3
    assert all(one.score >= other.score for one, other in pairwise(answers))
    for answer in answers:
        assert 0 <= answer.score <= 1
        passages = [each.hit.passage_id for each in answer.proposals]
        assert len(passages) == len(set(passages))
        for each in answer.proposals:
            assert each.hit.start <= each.span.start < each.span.end <= each.hit.end
            assert each.text == each.span.of(" " * each.hit.start + each.hit.text)
            assert 0 < each.score <= 1
