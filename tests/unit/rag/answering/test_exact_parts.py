from __future__ import annotations

import pytest

from rag.answering.exact_parts import has_exact_parts

VI = "Kim ngạch đạt 1,2 tỷ USD ngày 24/10/2023. Gọi 0900 555 014 hoặc xem https://a.example/b."
ZH = "总投资约190亿元，运送35万名乘客，共有三十一个国家。"
EN = "It opened on October 24, 2023 at a cost of 15.5 billion. Run `make all` first."


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("It reached 1.2 billion dollars.", VI),
        ("出口额为12亿美元。", VI),
        ("On October 24, 2023 it reached 1.2 billion.", VI),
        ("Vốn đầu tư khoảng 19 tỷ nhân dân tệ.", ZH),
        ("It carries 350,000 passengers from 31 countries.", ZH),
        ("Khánh thành ngày 24/10/2023.", EN),
        ("Chi phí 15,5 tỷ.", EN),
        ("See a.example/b or call 0900 555 014.", VI),
        ("Run `make all`.", EN),
    ],
)
def test_what_the_source_has_in_another_form_is_kept(sentence: str, source: str) -> None:
    assert has_exact_parts(sentence, [source], [""])


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("It reached 1.2 million dollars.", VI),
        ("Kim ngạch đạt 1,2 triệu USD.", VI),
        ("On October 25, 2023 it reached 1.2 billion.", VI),
        ("It cost 155 billion.", EN),
        ("See a.example/c.", VI),
        ("See evil.example.", VI),
        ("Call 0900 555 015.", VI),
        ("Run `make all && rm -rf /`.", EN),
        ("The map: ![map](https://a.example/b)", VI),
        ("See [here](https://a.example/b).", VI),
        ("See <a href=https://a.example/b>it</a>.", VI),
        ("<img src=x> It opened.", EN),
    ],
)
def test_what_the_source_does_not_have_is_not(sentence: str, source: str) -> None:
    assert not has_exact_parts(sentence, [source], [""])
