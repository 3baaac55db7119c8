from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.quotable import answer_below, is_heading, is_question, sentence_of
from rag.text.sentences import sentences
from rag.text.span import Span
from tests.unit.rag.answering.made_hits import hit

START = 1000
"""Where the passages of these tests begin in their articles."""


def place(text: str, part: str) -> Span:
    at = START + text.index(part)
    return Span(at, at + len(part))


def quoted(text: str, answer: str, title: str = "") -> str | None:
    """Return what is quoted for an answer in a passage."""
    found = sentence_of(hit(text, title=title, start=START), place(text, answer))
    return None if found is None else text[found.start - START : found.end - START]


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("Họ họp ở Huế. Có 11 nước dự. Rồi về.", "11", "Có 11 nước dự."),
        ("会议在顺化举行。十一国出席。", "十一", "十一国出席。"),
        ("Hue hosted it. Eleven came! Then all left.", "Eleven", "Eleven came!"),
        # An answer over two sentences is quoted with both.
        ("One. It was Hue. Or not Hue. End.", "Hue. Or not", "One. It was Hue. Or not Hue."),
    ],
)
def test_the_whole_sentence_is_quoted(text: str, answer: str, expected: str) -> None:
    assert quoted(text, answer) == expected


@pytest.mark.parametrize(
    ("before", "sentence", "answer"),
    [
        ("Mr Ban spoke.", "He left for Hue.", "Hue"),
        ("Mrs Le spoke.", "Her aide is Hoa.", "Hoa"),
        ("The UN met.", "“It has 193 members,” she said.", "193"),
        ("Ông Ban đã phát biểu.", "Ông rời đi Huế.", "Huế"),
        ("Bà Hoa đã phát biểu.", "Bà cho biết có 11 nước.", "11"),
        ("Các nước đã họp.", "Họ chọn Huế.", "Huế"),
        ("Các nước đã họp.", "Đây là lần thứ 3.", "3"),
        ("潘基文发言。", "他前往顺化。", "顺化"),
        ("联合国开会。", "该组织有193个成员。", "193"),
        ("聯合國開會。", "這是第三次。", "第三"),
    ],
)
def test_a_sentence_that_names_nobody_is_quoted_with_the_one_before(
    before: str, sentence: str, answer: str
) -> None:
    space = "" if before.endswith("。") else " "
    text = f"Xong.{space}{before}{space}{sentence}"
    assert quoted(text, answer) == f"{before}{space}{sentence}"


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        # A title and a name, no pronoun.
        ("Họ họp. Ông Ban đi Huế.", "Huế", "Ông Ban đi Huế."),
        ("Họ họp. Anh Quốc đi Huế.", "Huế", "Anh Quốc đi Huế."),
        # Words that only begin like a pronoun.
        ("All met. Items 3 to 5 passed.", "3", "Items 3 to 5 passed."),
        ("All met. Theirsby won.", "Theirsby", "Theirsby won."),
        ("会议结束。其次是顺化。", "顺化", "其次是顺化。"),
        # The first sentence of a passage has none before it.
        ("He left for Hue. All left.", "Hue", "He left for Hue."),
        # Nor has one after a line end: the line before is another paragraph or a heading.
        ("All met.\nHe left for Hue.", "Hue", "He left for Hue."),
        ("The summit\nHe left for Hue.", "Hue", "He left for Hue."),
    ],
)
def test_other_sentences_are_quoted_alone(text: str, answer: str, expected: str) -> None:
    assert quoted(text, answer) == expected


@pytest.mark.parametrize(
    ("text", "line", "title"),
    [
        ("The summit in Hue\nIt began on Monday.", "The summit in Hue", ""),
        ("It began.\n\nResults in 2024\n\nEleven came.", "Results in 2024", ""),
        ("Eleven came.\n\nResults", "Results", ""),
        ("Kết quả\n- 11 nước\n- 3 ngày\nHết.", "Kết quả", ""),
        ("== Kết quả ==\nCó 11 nước dự.", "== Kết quả ==", ""),
        ("会议结果\n十一国出席。", "会议结果", ""),
        # The title again, also where it is a question or has a mark more.
        ("Ai đã thắng cử?\nÔng Ban.", "Ai đã thắng cử?", "Ai đã thắng cử?"),
        ("“Huế họp hội nghị”\nCó 11 nước dự.", "“Huế họp hội nghị”", "Huế họp hội nghị"),
        # Questions with their answers below.
        ("Who may come?\nAll over 18 may come.", "Who may come?", ""),
        ("It opens soon.\n\n**Who may come?**\n\nAll may come.", "**Who may come?**", ""),
        ("H: Vé giá bao nhiêu?\nĐ: Vé giá 3 đồng.", "H: Vé giá bao nhiêu?", ""),
        ("2. Mấy giờ mở cửa?\nTám giờ.", "2. Mấy giờ mở cửa?", ""),
        ("问：几点开门？\n答：八点开门。", "问：几点开门？", ""),
        ("幾點開門？\n\n八點開門。", "幾點開門？", ""),
    ],
)
def test_headings_are_not_quoted(text: str, line: str, title: str) -> None:
    assert is_heading(hit(text, title=title, start=START), place(text, line))
    assert quoted(text, line, title) is None


@pytest.mark.parametrize(
    ("text", "line", "title"),
    [
        # Nothing says that the only line of a passage is a heading.
        ("Eleven countries came to Hue", "Eleven countries came to Hue", ""),
        ("Eleven came.", "Eleven came.", ""),
        # A sentence may say what the title says, and often the title is its first sentence.
        ("Huế họp hội nghị. Có 11 nước.", "Huế họp hội nghị.", "Huế họp hội nghị"),
        ("会议在顺化举行。十一国出席。", "会议在顺化举行。", "会议在顺化举行。"),
        # A question within a text, one that somebody is said to ask, and one without an answer.
        ("Who pays? The city pays.", "Who pays?", ""),
        ("“Who pays?” asked Mr Le.\nNobody knew.", "“Who pays?” asked Mr Le.", ""),
        ("谁来付钱？市里付。", "谁来付钱？", ""),
        ("The roof leaks.\nWho pays?", "Who pays?", ""),
        # Lists, tables and poems.
        ("Dự có:\n- 11 nước\n- 3 hãng\nHết.", "- 11 nước", ""),
        ("1945 – Lập nước\n1946 - Bầu cử lần đầu.", "1945 – Lập nước", ""),
        ("Nước | Phiếu\nLào | 11\nXong rồi.", "Lào | 11", ""),
        ("Nước\tPhiếu\nLào\t11\nXong rồi.", "Lào\t11", ""),
        ("Trăm năm trong cõi\nNgười ta\nChữ tài chữ mệnh", "Người ta", ""),
        # A line that is too long for a heading.
        (f"{'Hue is a city ' * 8}\nEleven came.", f"{'Hue is a city ' * 8}".strip(), ""),
    ],
)
def test_sentences_and_items_are_no_headings(text: str, line: str, title: str) -> None:
    assert not is_heading(hit(text, title=title, start=START), place(text, line))
    assert quoted(text, line, title) is not None


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("It opens.\n\nWho may come?\n\nAll may. Bring a pen.", "Who may come?", "All may."),
        ("Vé giá bao nhiêu?\nVé giá 3 đồng.", "Vé giá bao nhiêu?", "Vé giá 3 đồng."),
        ("幾點開門？\n八點開門。請早。", "幾點開門？", "八點開門。"),
        ("Who may come?\nWho pays?\nNobody pays.", "Who may come?", None),
    ],
)
def test_below_a_question_is_its_answer(text: str, question: str, expected: str | None) -> None:
    passage = hit(text, start=START)
    assert is_question(passage, place(text, question))
    found = answer_below(passage, place(text, question))
    assert (found and text[found.start - START : found.end - START]) == expected


def test_a_place_outside_all_sentences_is_not_quoted() -> None:
    text = "One.   Two."
    assert sentence_of(hit(text, start=START), Span(START + 5, START + 6)) is None


@given(
    st.lists(
        st.sampled_from(
            [
                "Họ họp ở Huế.",
                "Ông nói vậy.",
                "Kết quả",
                "- 11 nước",
                "会议结束。",
                "他走了。",
                "He left.",
            ]
        ),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.sampled_from([" ", "\n", "\n\n"]), min_size=8, max_size=8),
    st.data(),
)
def test_what_is_quoted_holds_the_answer_and_begins_with_no_heading(
    lines: list[str], gaps: list[str], data: st.DataObject
) -> None:
    text = "".join(line + gap for line, gap in zip(lines, gaps, strict=False)).strip()
    found = sentences(text)
    sentence = data.draw(st.sampled_from(found))
    answer = Span(START + sentence.start, START + sentence.end)
    passage = hit(text, start=START)
    quote = sentence_of(passage, answer)
    if quote is None:
        assert is_heading(passage, answer)
        return
    assert quote.start <= answer.start
    assert answer.end <= quote.end
    starts = {START + each.start: Span(START + each.start, START + each.end) for each in found}
    assert not is_heading(passage, starts[quote.start])
