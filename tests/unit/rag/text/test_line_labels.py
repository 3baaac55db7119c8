"""The label of a line stays with what it labels."""

from __future__ import annotations

import pytest

from rag.text.sentences import sentences


@pytest.mark.parametrize(
    "sentence",
    [
        "Điều 3. Phạm vi áp dụng",
        "Điều 12. Người làm mất thẻ nộp 20.000 đồng.",
        "ĐIỀU 3. PHẠM VI",
        "Khoản 2. Thư viện mở cửa từ 7 giờ.",
        "Chương II. Quyền của bạn đọc",
        "Phụ lục 1. Mức phí",
        "Bảng 4. Số sách theo năm",
        "Article 5. The tenant pays the fee.",
        "SECTION 2.1. Fees",
        "Figure 3. The old harbour",
        "1. Phí gửi xe là 5.000 đồng.",
        "1.1. Phí gửi xe là 5.000 đồng.",
        "2.3.1. Phí gửi xe là 5.000 đồng.",
        "A.1. Quy định chung",
        "a. Nộp đơn tại quầy.",
        "đ. Nộp đơn tại quầy.",
        "iv. Nộp đơn tại quầy.",
        "IV. Nộp đơn tại quầy.",
        "- 1. Nộp đơn tại quầy.",
        "1.2.借书证不得转借。",
        "一.借书证不得转借。",
        "附件1.收费标准",
    ],
)
def test_a_label_is_no_sentence(sentence: str) -> None:
    text = f"Mở đầu.\n{sentence}\nHết."
    assert [span.of(text) for span in sentences(text)] == ["Mở đầu.", sentence, "Hết."]
    assert [span.of(sentence) for span in sentences(sentence)] == [sentence]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Việc này theo Điều 3. Người vi phạm nộp phạt.", "Việc này theo Điều 3."),
        ("Họ ký năm 2020. Sau đó họ về.", "Họ ký năm 2020."),
        ("2020. Sau đó họ về.", "2020."),
        ("They won by 3. Then they left.", "They won by 3."),
        ("Yes. We go.", "Yes."),
        ("Có. Họ về.", "Có."),
        (f"{'a ' * 30}Điều 3. Họ về.", f"{'a ' * 30}Điều 3."),
    ],
)
def test_a_sentence_that_ends_with_a_number_ends_there(text: str, first: str) -> None:
    assert sentences(text)[0].of(text) == first
