"""The packaged reader on real windows and on any text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reading.packaged import weights
from reading.packaged.joint_reader import MAX_TOKENS, JointReader
from tests.unit.reading.places import check

QUESTIONS = ["Hội nghị họp ở đâu?", "多少国家派代表？", "Who presided over the meeting?"]
WINDOWS = [
    "Hội nghị họp ở Huế ngày 3 tháng 5. Mười một nước cử đại biểu đến dự.",
    "会议于五月三日在顺化举行，十一个国家派代表出席。主席是黎氏花。",
    "The conference met in Hue on 3 May. Eleven countries sent delegates; Le Thi Hoa presided.",
    "Giá vàng trong nước sáng nay tăng 200.000 đồng mỗi lượng.",
]

ANY_TEXT = st.text(
    st.characters()
    | st.sampled_from(
        "ệ中。，（）()“”ＡＢ１½ﷺ\u0302\u0301\u200b\u200d\u3000\n\r\0🎌👨👩𠀀\ufffd\ud800"
    ),
    max_size=80,
)

few = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@few
@given(ANY_TEXT, st.lists(ANY_TEXT, max_size=4))
def test_any_text_can_be_read(reader: JointReader, question: str, windows: list[str]) -> None:
    readings = reader.read(question, windows)
    assert len(readings) == len(windows)
    for window, reading in zip(windows, readings, strict=True):
        check(window, reading)
        if not window.strip():
            assert reading.spans == ()


@few
@given(st.lists(ANY_TEXT, max_size=4))
def test_tokens_are_counted_as_they_are_read(reader: JointReader, texts: list[str]) -> None:
    counts = reader.count_tokens(texts)
    assert len(counts) == len(texts)
    assert all(count >= 0 for count in counts)
    assert reader.count_tokens(texts[::-1]) == counts[::-1]


@pytest.mark.parametrize("question", QUESTIONS)
def test_real_windows_have_likely_places(reader: JointReader, question: str) -> None:
    readings = reader.read(question, WINDOWS)
    for window, reading in zip(WINDOWS, readings, strict=True):
        check(window, reading)
        assert reading.spans
    # Not all windows are the same to it.
    assert len({reading.answerable for reading in readings}) > 1


def test_nothing_is_read_of_nothing(reader: JointReader) -> None:
    assert reader.read("Ai?", []) == ()
    readings = reader.read("Ai?", ["", " \n", "\u200b"])
    assert [(each.answerable, each.spans) for each in readings] == [(0.0, ())] * 3
    assert reader.count_tokens([]) == []


def test_what_is_longer_than_the_model_reads_is_cut(reader: JointReader) -> None:
    window = "Hội nghị họp ở Huế, có mười một nước dự. " * 400
    shorter = window[: len(window) // 10]
    assert reader.count_tokens([shorter])[0] > MAX_TOKENS
    whole, cut = reader.read(QUESTIONS[0], [window, shorter])
    check(window, whole)
    assert whole.spans == cut.spans
    assert whole.answerable == pytest.approx(cut.answerable, abs=0.01)


def test_a_long_question_leaves_room_for_the_window(reader: JointReader) -> None:
    question = "Hội nghị họp ở đâu và có bao nhiêu nước dự? " * 100
    (reading,) = reader.read(question, [WINDOWS[0]])
    check(WINDOWS[0], reading)
    assert reading.spans


def test_a_window_is_read_alone_as_among_others(reader: JointReader) -> None:
    together = reader.read(QUESTIONS[1], WINDOWS)
    for window, reading in zip(WINDOWS, together, strict=True):
        (alone,) = reader.read(QUESTIONS[1], [window])
        assert alone.answerable == pytest.approx(reading.answerable, abs=0.03)


def test_many_threads_may_read(reader: JointReader) -> None:
    expected = [each.answerable for each in reader.read(QUESTIONS[0], WINDOWS)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: reader.read(QUESTIONS[0], WINDOWS), range(8)))
    for readings in found:
        # What is read together is computed together, in other shapes.
        assert [each.answerable for each in readings] == pytest.approx(expected, abs=0.03)


def test_it_is_known_by_its_weights(reader: JointReader) -> None:
    assert reader.name == "tamngu-reader"
    assert reader.digest == weights.digest()


@pytest.mark.slow
def test_openvino_and_torch_read_alike(reader: JointReader, on_torch: JointReader) -> None:
    assert on_torch.digest == reader.digest
    assert on_torch.name == reader.name
    assert on_torch.count_tokens(WINDOWS) == reader.count_tokens(WINDOWS)
    differences = []
    same = 0
    for question in QUESTIONS:
        fast, plain = reader.read(question, WINDOWS), on_torch.read(question, WINDOWS)
        for window, one, other in zip(WINDOWS, fast, plain, strict=True):
            check(window, other)
            differences.append(abs(one.answerable - other.answerable))
            same += one.spans[0].start == other.spans[0].start
    assert max(differences) <= 0.05
    assert np.mean(differences) <= 0.01
    assert same >= 10


@pytest.mark.slow
@few
@given(ANY_TEXT, ANY_TEXT)
def test_torch_reads_any_text_too(on_torch: JointReader, question: str, window: str) -> None:
    (reading,) = on_torch.read(question, [window])
    check(window, reading)
