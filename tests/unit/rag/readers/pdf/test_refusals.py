"""Files that cannot be read."""

from __future__ import annotations

import random
import re
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.readers.pdf.text import _PDFIUM, PdfText, pdf_text
from tests.pdf_file import Words, pdf_file, wrapped
from tests.unit.rag.readers.pdf.pages import EN, VI, ZH, stacked, text_of


def refused(data: bytes, max_pages: int = 5000) -> str:
    with pytest.raises(ValueError, match=r"\w") as caught:
        pdf_text(data, max_pages=max_pages)
    return str(caught.value)


def test_encrypted_file_is_refused_unless_its_password_is_empty() -> None:
    page = wrapped(VI, x=50, top=780, width=300)
    assert refused(pdf_file([page], password="secret")) == "it is encrypted"
    read = pdf_text(pdf_file([page], password="", title="Nghị quyết"))
    assert (read.text, read.title) == (VI, "Nghị quyết")


def test_other_files_and_empty_ones_are_refused() -> None:
    assert {refused(data) for data in (b"", b"%PDF-1.4\n", b"<html></html>", bytes(9999))} == {
        "it is not a PDF file, or it is cut off"
    }


def test_file_without_text_is_refused() -> None:
    for words in ([], [Words(50, 780, 10, " \x01 ")]):
        assert refused(pdf_file([words])) == "it has no text, only pictures"


def test_file_with_too_many_pages_is_refused() -> None:
    data = pdf_file([[Words(50, 780, 10, "a")]] * 4)
    assert refused(data, max_pages=3) == "it has more than 3 pages"
    assert len(pdf_text(data, max_pages=4).pages) == 4


def test_file_that_lost_its_end_is_read() -> None:
    data = pdf_file([wrapped(VI, x=50, top=780, width=300)])
    assert pdf_text(data[: data.rindex(b"startxref")]).text == VI


WHOLE = pdf_file(
    [stacked([VI, ZH, EN], x=50, top=780, width=240), wrapped(EN, x=302, top=780, width=240)],
    title="Nghị quyết",
    author="A B",
)


REASONS = (
    "",
    "it is encrypted",
    "it is not a PDF file, or it is cut off",
    "it has no text, only pictures",
    "it has more than 5000 pages",
    "its fonts do not say which letters they show",
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    end=st.integers(0, 2 * len(WHOLE)),
    flips=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=30),
)
def test_any_bytes_give_text_or_a_reason(end: int, flips: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, byte in flips:
        data[place] = byte
    try:
        read = pdf_text(bytes(data[:end]))
    except ValueError as error:
        reason = str(error)
    else:
        reason = ""
        assert_sound(read)
    assert reason in REASONS


def assert_sound(read: PdfText) -> None:
    assert read.text == unicodedata.normalize("NFC", read.text).strip()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|\n{3}", read.text)
    assert list(read.pages) == sorted(read.pages)
    assert 0 <= read.pages[0] <= read.pages[-1] <= len(read.text)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(
            st.builds(
                Words,
                st.floats(-100, 700),
                st.floats(-100, 900),
                st.floats(0.1, 300),
                st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20),
                st.sampled_from([0, 0, 0, 90, 180, 33]),
            ),
            max_size=12,
        ),
        min_size=1,
        max_size=3,
    )
)
def test_any_page_gives_sound_text(pages: list[list[Words]]) -> None:
    try:
        read = pdf_text(pdf_file(pages))
    except ValueError as error:
        assert str(error) in REASONS  # noqa: PT017
        return
    assert len(read.pages) == len(pages)
    assert_sound(read)


def test_the_work_grows_with_the_words_of_a_page_and_not_with_their_square() -> None:
    chance = random.Random(7)

    def work_s(words: int) -> float:
        page = [
            Words(chance.uniform(0, 590), chance.uniform(0, 840), chance.uniform(1, 12), "từ")
            for _ in range(words)
        ]
        begun = time.thread_time()
        text_of(page)
        return time.thread_time() - begun

    # Eight times the words: 64 times the work if it grew with the square.
    least_s = max(work_s(1000) for _ in range(3))
    assert work_s(8000) < 30 * least_s


def test_threads_take_turns() -> None:
    with ThreadPoolExecutor(4) as threads:
        with _PDFIUM:
            waiting = [threads.submit(pdf_text, WHOLE) for _ in range(8)]
            time.sleep(0.1)
            assert not any(each.done() for each in waiting)
        assert len({each.result() for each in waiting}) == 1
