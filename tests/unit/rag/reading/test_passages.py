from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.reading.passages import ReadablePassage, read_passages
from rag.records.passage import Passage
from rag.text.sentences import sentences
from rag.text.span import Span
from reading import AnswerSpan, Reader, Reading, load_reader

LEAD = "Tin thế giới. "
"""What stands before the passages of these tests in their articles."""


class FindsWord:
    """Finds a word: a reader of its own, as other programs may bring one."""

    name = digest = "finds-word"

    def __init__(self, word: str) -> None:
        self._word = word
        self.asked: list[tuple[str, list[str]]] = []

    def read(self, question: str, windows: Sequence[str]) -> list[Reading]:
        self.asked.append((question, list(windows)))
        return [self._reading(window) for window in windows]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    def _reading(self, window: str) -> Reading:
        at = window.find(self._word)
        found = (AnswerSpan(at, at + len(self._word), 0.9),) if at >= 0 else ()
        return Reading(0.8 if found else 0.1, found)


def readable(text: str, best: int = 0) -> ReadablePassage:
    """Return a passage that is all of an article but its lead; one of its sentences is the best."""
    spans = tuple(Span(len(LEAD) + each.start, len(LEAD) + each.end) for each in sentences(text))
    scores = np.zeros(len(spans), np.float32)
    scores[best] = 1
    passage = Passage("a", spans[0].start, spans[-1].end, "vi", spans)
    return ReadablePassage(passage, LEAD + text, scores)


def test_places_are_offsets_into_the_article() -> None:
    found = [readable("Họ họp. Hội nghị ở Huế.", best=1), readable("Không có gì.")]
    first, second = read_passages(FindsWord("Huế"), "Ở đâu?", found)
    (span,) = first.spans
    assert span.span.of(found[0].text) == "Huế"
    assert (span.score, first.answerable) == (0.9, 0.8)
    assert first.window.of(found[0].text) == "Họ họp. Hội nghị ở Huế."
    assert (second.answerable, second.spans) == (0.1, ())


LONG = "Hội nghị ở Huế. Có 11 nước dự. Rồi họ về. Hết."


def test_of_other_passages_only_the_window_around_the_best_sentence_is_read() -> None:
    reader = FindsWord("Huế")
    found = [readable("Tin khác."), readable(LONG, best=2)]
    _, reading = read_passages(reader, "Ở đâu?", found, budgets=(20, 20))
    assert reader.asked == [("Ở đâu?", ["Tin khác.", "Rồi họ về. Hết."])]
    assert reading.spans == ()


def test_the_best_passage_is_read_whole_and_its_best_window_counts() -> None:
    reader = FindsWord("Huế")
    found = [readable(LONG, best=2)]
    (reading,) = read_passages(reader, "Ở đâu?", found, budgets=(20,))
    ((_, windows),) = reader.asked
    assert windows == ["Hội nghị ở Huế.", "Có 11 nước dự.", "Rồi họ về. Hết."]
    assert reading.window.of(found[0].text) == "Hội nghị ở Huế."
    assert [each.span.of(found[0].text) for each in reading.spans] == ["Huế"]


def test_chinese_is_read_in_simplified_characters_at_its_own_places() -> None:
    reader = FindsWord("联合国")
    found = [readable("會議由聯合國舉行。")]
    (reading,) = read_passages(reader, "誰舉行？", found)
    assert reader.asked == [("谁举行？", ["会议由联合国举行。"])]
    assert reading.spans[0].span.of(found[0].text) == "聯合國"


def test_nothing_found_is_nothing_read() -> None:
    assert read_passages(FindsWord("x"), "Ở đâu?", []) == []


@pytest.fixture(scope="module")
def packaged() -> Reader:
    reader = load_reader("packaged")
    assert reader is not None
    return reader


@settings(max_examples=20)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("聯合國。 ê\n.")).filter(
            lambda text: bool(text.strip())
        ),
        min_size=1,
        max_size=4,
    ),
    st.data(),
)
def test_places_stand_in_windows_that_are_sentences(
    packaged: Reader, texts: list[str], data: st.DataObject
) -> None:
    found = []
    for text in texts:
        last = len(sentences(text)) - 1
        found.append(readable(text, best=data.draw(st.integers(0, last))))
    readings = read_passages(packaged, "聯合國在哪裡？", found)
    for number, (each, reading) in enumerate(zip(found, readings, strict=True)):
        own = each.passage.sentences
        assert reading.window.start in {sentence.start for sentence in own}
        assert reading.window.end in {sentence.end for sentence in own}
        best = own[int(np.argmax(each.sentence_scores))]
        if number:
            assert reading.window.start <= best.start
            assert best.end <= reading.window.end
        for span in reading.spans:
            assert reading.window.start <= span.span.start < span.span.end <= reading.window.end
            assert span.span.of(each.text).strip() == span.span.of(each.text)
