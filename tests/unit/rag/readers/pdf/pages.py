"""PDF files for tests, and functions that read them."""

from __future__ import annotations

from collections.abc import Sequence

from rag.readers.pdf.text import pdf_text
from tests.pdf_file import Words, pdf_file, width_of, wrapped

VI = (
    "Đại hội đồng Liên Hợp Quốc thông qua nghị quyết về hợp tác với ASEAN hôm thứ Hai, sau ba ngày"
    " thảo luận giữa các nước thành viên về kinh tế, văn hóa và giáo dục trong khu vực."
)


ZH = (
    "联合国大会星期一通过了关于同东盟合作的决议，越南代表十国主持了案文的谈判，"
    "并对各国在2020年的支持表示感谢，会议将在秋天继续讨论海洋法和经济复苏等问题。"
)


EN = (
    "The General Assembly adopted a resolution on cooperation with the association on Monday after"
    " three days of talks, and the members thanked the ten states which had drafted its text."
)


def text_of(*pages: Sequence[Words]) -> str:
    return pdf_text(pdf_file(pages)).text


def paragraphs_of(*pages: Sequence[Words]) -> list[str]:
    return text_of(*pages).split("\n\n")


def numbered(text: str, count: int) -> list[str]:
    return [f"({i}a) {text}" for i in range(count)]


def stacked(
    paragraphs: Sequence[str], *, x: float, top: float, width: float, gap: float = 6
) -> list[Words]:
    """Paragraphs below each other."""
    found: list[Words] = []
    for paragraph in paragraphs:
        lines = wrapped(paragraph, x=x, top=top, width=width)
        top = lines[-1].y - 12 - gap
        found += lines
    return found


def centred(text: str, y: float, size: float, middle: float = 297) -> Words:
    return Words(middle - width_of(text, size) / 2, y, size, text)
