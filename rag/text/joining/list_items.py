"""How items of lists, articles of laws, and captions begin, in the three languages."""

from __future__ import annotations

import re

from rag.text.joining.scripts import HAN

BULLET = re.compile(r"[•●▪■◦○◆◇►▶➢➤✓✔]\s*\S")
ITEM = re.compile(
    r"[-–—*·]\s+\S|[(（]?(?:\d{1,3}|[a-zđ]|[ivx]{1,4})[.)）]\s+\S|\d{1,2}(?:\.\d{1,2}){1,3}\.?\s+\S"
    r"|\[\d{1,3}\]|[(（][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、"
    rf"|\d{{1,3}}[.、．][{HAN}]|第[一二三四五六七八九十百\d]{{1,4}}[章节節条條]"
    r"|(?:Điều|Chương|Mục|Phần|Article|Section|Chapter)\s+[\dIVX]{1,4}\b"
    r"|(?:Hình|Bảng|Biểu đồ|Figure|Fig\.|Table|图|圖|表)\s?\d",
)


def is_item(line: str) -> bool:
    """Tell whether a line begins as an item does.

    >>> is_item("2) chairs"), is_item("第三条 处罚"), is_item("2 chairs")
    (True, True, False)
    """
    return bool(ITEM.match(line) or BULLET.match(line))
