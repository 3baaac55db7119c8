"""Titles of official papers."""

from __future__ import annotations

import pytest

from rag import make_article
from rag.text.official_title import official_title

HEAD = "ỦY BAN NHÂN DÂN\nTỈNH BẾN SÔNG\n\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do\n"
ABOUT = "Về việc ban hành quy chế quản lý trạm cấp nước"
HEAD_ZH = "海口县人民政府文件\n\n海政发〔2026〕12号\n\n"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            f"{HEAD}\nSố: 45/QĐ-UBND\n\nQUYẾT ĐỊNH\n\n{ABOUT}\n\nCăn cứ Luật Tổ chức",
            f"QUYẾT ĐỊNH {ABOUT}",
        ),
        (f"{HEAD}\nBÁO CÁO:\nTình hình cấp nước quý I\n", "BÁO CÁO Tình hình cấp nước quý I"),
        (f"{HEAD}\nTỜ TRÌNH\n\nKính gửi: Hội đồng nhân dân tỉnh\n", "TỜ TRÌNH"),
        (
            "SỞ NÔNG NGHIỆP\nSố: 12/SNN-CCTL\nV/v mở điểm cấp nước\n\nKính gửi:",
            "V/v mở điểm cấp nước",
        ),
        (f"{HEAD_ZH}关于印发供水管理办法的通知\n\n各乡镇：", "关于印发供水管理办法的通知"),
        (
            "海口縣政府 函\n發文字號：府水字第1150012345號\n\n主旨：修正供水計畫一案。\n",
            "修正供水計畫一案。",
        ),
        ("Trạm nước khánh thành\n\nTheo BÁO CÁO\n\nBÁO CÁO\n\nkhác", None),
        ("供水办法\n\n县政府昨天发布通知", None),
    ],
)
def test_it_stands_below_the_issuer(text: str, title: str | None) -> None:
    assert official_title(text) == title


def test_an_article_without_a_title_or_with_a_kind_alone_has_it() -> None:
    text = f"{HEAD}\nQUYẾT ĐỊNH\n{ABOUT}\n"
    for given in (None, "QUYẾT ĐỊNH"):
        assert make_article(text, key="a", title=given).title == f"QUYẾT ĐỊNH {ABOUT}"
    assert make_article(text, key="a", title="Quyết định 45").title == "Quyết định 45"
    assert make_article("Không có gì.", key="a", title="QUYẾT ĐỊNH").title == "QUYẾT ĐỊNH"
