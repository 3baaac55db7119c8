from __future__ import annotations

import pytest

from rag.text.joining.han_spaces import closed_up
from tests.unit.rag.readers.reading import articles


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("渡 口 冷 清 ， 船 工 离 去 。", "渡口冷清，船工离去。"),
        ("渡\u3000口\u3000冷\u3000清", "渡口冷清"),
        ("灵 江 渡 口 管 理 办 法", "灵江渡口管理办法"),
        ("渡船 于 2 0 2 6 年 3 月 停 开 ， 船 工 离 去 。", "渡船于2026年3月停开，船工离去。"),
        ("他 说 ： “ 渡 口 冷 清 。 ”", "他说：“渡口冷清。”"),
        ("渡口冷清 ， 船工离去 。", "渡口冷清，船工离去。"),
        ("東\u00a0江\u00a0渡\u00a0口\u00a0停\u00a0業\u00a0通\u00a0知", "東江渡口停業通知"),
        ("A line.\n渡 口 冷 清 了 。\nB c d e f", "A line.\n渡口冷清了。\nB c d e f"),
    ],
)
def test_single_han_characters_are_closed_up(text: str, closed: str) -> None:
    assert closed_up(text) == closed


@pytest.mark.parametrize(
    "text",
    [
        "李 明 王 强 张 伟 刘 洋",
        "李 明  王建国  张 伟  刘 洋",
        "日 一 二 三 四 五 六",
        "甲 乙 丙 丁",
        "东 南 西 北",
        "| 渡 | 口 | 冷 | 清 |",
        "渡口 冷清 船工 离去",
        "柯家兄弟出资修建渡口 四十名乡民参加典礼",
        "Cầu Đông Hà thông xe ở bờ nam",
        "a b c d e f",
        "渡 口",
        "班\u3000次",
    ],
)
def test_other_spaces_stay(text: str) -> None:
    assert closed_up(text) == text


def test_texts_markdown_and_pages_are_closed_up() -> None:
    line = "渡 口 冷 清 ， 船 工 离 去 ， 渡 船 被 卖 给 下 游 的 一 家 公 司 。"
    for name in ("a.txt", "a.md"):
        (article,) = articles(name, f"渡口\n\n{line}\n")
        assert article.text.endswith(line.replace(" ", ""))


@pytest.mark.parametrize("unit", ["中 ", "中\u3000", " ", "中 ，", "中 中中 "])
def test_long_lines_take_time_in_proportion(unit: str) -> None:
    assert closed_up(unit * 100_000)
