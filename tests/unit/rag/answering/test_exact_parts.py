from __future__ import annotations

import pytest

from rag.answering.exact_parts import has_exact_parts

VI = "Kim ngạch đạt 1,2 tỷ USD ngày 24/10/2023. Gọi 0900 555 014 hoặc xem https://a.example/b."
ZH = "总投资约190亿元，运送35万名乘客，共有三十一个国家。"
DAYS = "Tuyến xe mở từ ngày 3 đến 5/8, năm 2024, với 12.000 xe; 8 người và 3 xe đã thử."
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
        ("The line opens on 3 August.", DAYS),
        ("Tuyến xe mở ngày 3/8 và thử đến ngày 5/8/2024.", DAYS),
        ("8月3日开通，共投入一万二千辆车。", DAYS),
        ("It opened on October 27, 2023.", "2023年10月25－27日举行。"),
        ("The match ended 3/8.", "Trận đấu kết thúc với tỷ số 3/8."),
        ("Họp ngày 3/8.", "Họp ngày 3/8."),
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
        # The numbers of the day stand in the text, and another day.
        ("The line opens on 8 March.", DAYS),
        ("Tuyến xe mở ngày 8/3.", DAYS),
        ("3月8日开通。", DAYS),
        ("The line opens on 3 August 2023.", DAYS),
        ("共投入一万五千辆车。", DAYS),
        ("It has twelve hundred vehicles.", DAYS),
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
