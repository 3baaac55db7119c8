from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import make_article
from rag.reading.passages import PassageReading, ReadSpan
from rag.retrieval.sentence_scores import SPAN_WEIGHT, scores_with_reading, with_title_behind
from rag.text.sentences import sentences
from rag.text.span import Span

SENTENCES = [Span(100, 120), Span(121, 150), Span(151, 160)]
SCORES = np.array([2.0, 1.5, 0.0], dtype=np.float32)


def reading(*places: tuple[int, float]) -> PassageReading:
    spans = tuple(ReadSpan(Span(start, start + 3), score) for start, score in places)
    return PassageReading(Span(100, 160), 0.9, spans)


def test_the_sentence_of_the_answer_passes_the_one_that_repeats_the_question() -> None:
    found = scores_with_reading(SENTENCES, SCORES, reading((130, 0.6), (140, 0.2), (100, 0.1)))
    assert found.argmax() == 1
    assert found.dtype == np.float32
    assert found[0] == pytest.approx(2.0 + SPAN_WEIGHT * np.log(0.1 / 0.9))
    assert found[1] == pytest.approx(1.5 + SPAN_WEIGHT * np.log(0.8 / 0.2))


def test_without_a_reading_the_scores_stay() -> None:
    assert scores_with_reading(SENTENCES, SCORES, None) is SCORES


@given(st.lists(st.tuples(st.integers(100, 159), st.floats(0, 1)), max_size=5))
def test_a_reading_moves_no_score_by_more_than_its_bound(places: list[tuple[int, float]]) -> None:
    moved = scores_with_reading(SENTENCES, SCORES, reading(*places)) - SCORES
    assert np.abs(moved).max() <= SPAN_WEIGHT * 6 + 1e-6


NOTICES = {
    "en": (
        "Harbour board names new pilot",
        "The harbour board has named a new pilot. Ellen Dray starts in May. The harbour is old.",
    ),
    "vi": (
        "Xã Tân An có bưu điện mới",
        "Xã Tân An có bưu điện mới từ nay. Chị Lê Thu quản lý bốn nhân viên. Trời nắng đẹp.",
    ),
    "zh": ("石桥镇邮局换了局长", "石桥镇邮局换了局长。何春梅下周上任。她喜欢爬山。"),
    "zh-Hant": ("石橋鎮郵局換了局長", "石橋鎮郵局換了局長。何春梅下週上任。她喜歡爬山。"),
}


def order(
    title: str, text: str, scores: tuple[float, ...], *likely: tuple[int, float]
) -> list[int]:
    """Return the sentences of an article, best first; ``likely`` are sentences with answers."""
    spans = sentences(text)
    places = tuple(ReadSpan(Span(spans[n].start, spans[n].start + 1), score) for n, score in likely)
    read = PassageReading(Span(0, len(text)), 0.9, places)
    article = make_article(text, key="a", id="a", title=title)
    found = with_title_behind(spans, np.array(scores, dtype=np.float32), read, article)
    assert sorted(found.tolist()) == sorted(np.array(scores, dtype=np.float32).tolist())
    best_first: list[int] = np.argsort(-found, kind="stable").tolist()
    return best_first


@pytest.mark.parametrize("form", NOTICES)
def test_a_first_sentence_that_says_what_the_title_says_comes_after_the_next(form: str) -> None:
    assert order(*NOTICES[form], (3.0, 2.5, 0.0)) == [1, 0, 2]
    assert order(*NOTICES[form], (3.0, 2.5, 0.0), (0, 0.3), (2, 0.4)) == [1, 0, 2]


@pytest.mark.parametrize("form", NOTICES)
def test_a_sentence_that_repeats_the_title_stays_where_it_answers(form: str) -> None:
    assert order(*NOTICES[form], (3.0, 2.5, 0.0), (0, 0.7)) == [0, 1, 2]


@pytest.mark.parametrize("form", NOTICES)
def test_a_sentence_that_is_much_worse_does_not_pass_it(form: str) -> None:
    assert order(*NOTICES[form], (3.0, 1.5, 0.0)) == [0, 1, 2]


@pytest.mark.parametrize("form", NOTICES)
def test_a_best_sentence_of_its_own_words_stays(form: str) -> None:
    title, text = NOTICES[form]
    assert order(title, text, (2.5, 3.0, 0.0)) == [1, 0, 2]
    assert order("", text, (3.0, 2.5, 0.0)) == [0, 1, 2]


def test_a_heading_and_the_title_once_more_do_not_pass_it() -> None:
    text = (
        "A new pilot for the harbour board.\n\nWho the pilot is\n\nIs she young?\n\n"
        "The board has a new pilot."
    )
    title = "Harbour board has a new pilot"
    assert order(title, text, (3.0, 2.9, 2.8, 2.7)) == [0, 1, 2, 3]


def test_the_title_on_a_line_of_the_text_does_not_keep_its_repetition_first() -> None:
    title, text = NOTICES["vi"]
    assert order(title, f"{title}\n\n{text}", (5.0, 3.0, 2.5, 0.0)) == [0, 2, 1, 3]


def test_without_a_reading_the_title_stays() -> None:
    title, text = NOTICES["en"]
    article = make_article(text, key="a", id="a", title=title)
    assert with_title_behind(sentences(text), SCORES, None, article) is SCORES
