"""Pages that a browser printed."""

from __future__ import annotations

import pytest

from rag.readers.pdf.text import pdf_text
from tests.pdf_file import Words, pdf_file, wrapped
from tests.unit.rag.readers.pdf.pages import EN, VI

URL = "https://news.example/a/ca-tra-2026.html"


def printed(header: str, footer: str, bodies: tuple[str, ...] = (VI, EN)) -> list[list[Words]]:
    return [
        [
            Words(30, 820, 8, header.format(i + 1)),
            *wrapped(body, x=50, top=770, width=400),
            Words(30, 15, 8, footer.format(i + 1)),
        ]
        for i, body in enumerate(bodies)
    ]


@pytest.mark.parametrize(
    ("header", "footer"),
    [
        ("11/29/26, 4:11 PM   Cá tra tăng giá", f"{URL}   {{}}/2"),
        ("29/11/2026, 16:11   Cá tra tăng giá", f"{URL}   {{}}/2"),
        ("16:11 29/11/26   Cá tra tăng giá", f"{URL}   {{}}/2"),
        ("2026/11/29 16:11   巴沙鱼", f"{URL}   {{}}/2"),
        ("2026/11/29 下午4:11   巴沙魚", f"{URL}   {{}}/2"),
        (f"Cá tra tăng giá   {URL}", "{} of 2   11/29/26, 4:11 PM"),
    ],
)
def test_its_marks_are_left_out_and_the_address_is_kept(header: str, footer: str) -> None:
    found = pdf_text(pdf_file(printed(header, footer)))
    assert found.text == f"{VI}\n\n{EN}"
    assert found.url == URL


@pytest.mark.parametrize("address", ["https://news.example/a/a-very-lo…", "file:///C:/x/a.html"])
def test_an_address_that_leads_nowhere_is_not_kept(address: str) -> None:
    found = pdf_text(pdf_file(printed("29/11/2026, 16:11   Tin", f"{address}   {{}}/2")))
    assert (found.text, found.url) == (f"{VI}\n\n{EN}", None)


@pytest.mark.parametrize(
    ("header", "footer"),
    [
        ("29/11/2026, 16:11, Hà Nội", "Xem thêm ở trang tin của tỉnh."),
        ("Biên bản họp", f"Nguồn: {URL}"),
        ("Biên bản họp", f"{URL} 1/2"),
    ],
)
def test_lines_that_are_not_all_three_stay(header: str, footer: str) -> None:
    found = pdf_text(pdf_file(printed(header, footer, (VI,))))
    assert found.text.startswith(header)
    assert found.text.endswith(footer)
    assert found.url is None
