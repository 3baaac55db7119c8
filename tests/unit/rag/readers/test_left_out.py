"""What extractors leave out of the body of a page: it is put back, or named as cut."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml.html import document_fromstring

from rag.readers.pages.html import page_article
from rag.readers.pages.story.complete import complete
from tamngu.records.article import Article
from tests.unit.rag.readers.test_readers import PAGE_OF_NOBODY

PARAGRAPHS = (
    "Trạm bơm Gò Dưa vận hành trở lại sáng 5/9 sau khi thay hai máy 1.200 mét khối giờ, giúp nước "
    "rút khỏi 90 ha lúa chỉ trong một đêm.",
    "Ông Đặng Hữu Phước, đội trưởng đội thủy nông, nói trạm cũ chạy được 21 năm và hỏng nặng nhất "
    "ở phần trục. Máy mới tiết kiệm khoảng một phần tư điện năng.",
    "Hợp tác xã cử hai người trực đêm trong suốt mùa mưa, ghi mực nước mỗi giờ vào sổ và báo lên "
    "huyện khi vượt ngưỡng hai mét mốt.",
    "Người trồng lúa trả thêm mười hai nghìn đồng mỗi công, ít hơn một nửa so với thuê máy bơm dầu "
    "ở ngoài như những vụ trước.",
)
LAST = "Đợt kiểm tra tiếp theo của trạm bơm diễn ra vào cuối tháng mười một."

PAGE = """<html lang="vi"><head><meta charset="utf-8"><title>Trạm bơm Gò Dưa chạy lại</title></head>
<body><nav><a href="/">Trang chủ</a></nav><article><h1>Trạm bơm Gò Dưa chạy lại</h1>
<div class="detail-content">{body}</div></article></body></html>"""

TAKEN = {
    "table in a figure": (
        "<figure class='table'><table><tbody><tr><td>Hạng mục</td><td>Kinh phí</td></tr>"
        "<tr><td>Máy bơm</td><td>840 triệu đồng</td></tr></tbody></table></figure>",
        ("| Hạng mục | Kinh phí |", "| Máy bơm | 840 triệu đồng |"),
    ),
    "table in an embedded box": (
        "<div class='w-embed'><table><tr><th>Hạng mục</th><th>Kinh phí</th></tr>"
        "<tr><td>Máy bơm</td><td>840 triệu đồng</td></tr></table></div>",
        ("| Hạng mục | Kinh phí |", "| Hạng mục: Máy bơm | Kinh phí: 840 triệu đồng |"),
    ),
    "heading in an embedded box": (
        "<div class='embed'><h3>Nước rút trong một đêm</h3></div>",
        ("Nước rút trong một đêm",),
    ),
    "paragraph of a discarded class": (
        "<p class='expand-text'>Đội thủy nông đã thử tải ba lần trước khi bàn giao cho xã.</p>",
        ("Đội thủy nông đã thử tải ba lần trước khi bàn giao cho xã.",),
    ),
    "quotation of a discarded class": (
        "<blockquote class='embedded'>Tôi chưa từng thấy nước rút nhanh như đêm đó.</blockquote>",
        ("Tôi chưa từng thấy nước rút nhanh như đêm đó.",),
    ),
}


def read(body: str) -> Article:
    return page_article(PAGE.format(body=body), PAGE_OF_NOBODY)


def with_part(part: str, place: int = 2) -> str:
    paragraphs = [f"<p>{text}</p>" for text in PARAGRAPHS]
    return "".join([*paragraphs[:place], part, *paragraphs[place:]])


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_of_the_body_is_in_its_place(name: str) -> None:
    part, lines = TAKEN[name]
    text = read(with_part(part)).text
    places = [text.find(line) for line in (*PARAGRAPHS[:2], *lines, *PARAGRAPHS[2:])]
    assert -1 not in places, text
    assert places == sorted(places), text
    assert all(text.count(line) == 1 for line in lines)


def test_the_last_paragraph_is_kept_in_a_class_that_extractors_discard() -> None:
    text = read(with_part(f"<p class='expand'>{LAST}</p>", len(PARAGRAPHS))).text
    assert text.endswith(LAST)


@pytest.mark.parametrize(
    ("part", "line", "reason"),
    [
        (
            "<figure><img src='a.jpg'><figcaption>Máy bơm mới. Ảnh: Lê An</figcaption></figure>",
            "Máy bơm mới. Ảnh: Lê An",
            "caption",
        ),
        (
            "<div class='related-news'><a href='/b.html'>Cống Ba Gà rò rỉ suốt mùa mưa</a></div>",
            "Cống Ba Gà rò rỉ suốt mùa mưa",
            "other stories",
        ),
        (
            "<aside><p>Mỗi vụ lúa của xã cần khoảng bốn trăm giờ bơm.</p></aside>",
            "Mỗi vụ lúa của xã cần khoảng bốn trăm giờ bơm.",
            "of the page",
        ),
        (
            "<div class='newsletter'><p>Nhận bản tin nông nghiệp vào mỗi sáng thứ bảy.</p></div>",
            "Nhận bản tin nông nghiệp vào mỗi sáng thứ bảy.",
            "of the page",
        ),
    ],
)
def test_what_is_not_kept_is_among_what_is_cut(part: str, line: str, reason: str) -> None:
    article = read(with_part(part))
    assert line not in article.text
    assert (line, reason) in [(cut.line, cut.reason) for cut in article.cut]


def test_a_story_told_by_its_pictures_keeps_their_captions() -> None:
    captions = [
        f"Người thứ {number} trong đội đang hạ rọ đá xuống chân đập để giữ đất khỏi bị cuốn trôi. "
        "Công việc kéo dài tới nửa đêm và chỉ dừng khi nước bắt đầu rút. Ảnh: Lê An"
        for number in ("nhất", "hai", "ba", "tư", "năm", "sáu")
    ]
    figures = "".join(
        f"<figure><img src='{i}.jpg'><figcaption>{caption}</figcaption></figure>"
        for i, caption in enumerate(captions)
    )
    lead = f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
    text = read(lead + figures).text
    places = [text.find(line) for line in (*PARAGRAPHS[:2], *captions)]
    assert -1 not in places
    assert places == sorted(places)


def test_paragraphs_that_were_put_behind_the_others_return_to_their_places() -> None:
    html = PAGE.format(body=with_part(""))
    tree = document_fromstring(html)
    shuffled = list(PARAGRAPHS)
    random.Random(4).shuffle(shuffled)
    story = complete("\n".join(shuffled), tree)
    assert story.text.split("\n") == list(PARAGRAPHS)


def test_a_text_of_one_line_gets_its_paragraphs_back() -> None:
    tree = document_fromstring(PAGE.format(body=with_part("")))
    assert complete(" ".join(PARAGRAPHS), tree).text.split("\n") == list(PARAGRAPHS)


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


words = st.text(st.sampled_from("aăâ bc.d,eĐ 中文。\n"), max_size=60)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.sampled_from(["p", "div", "h2", "li", "td", "b", "a", "br"]), words)),
    st.lists(words, min_size=1),
)
def test_nothing_of_a_main_text_is_lost_without_a_word(
    parts: list[tuple[str, str]], lines: list[str]
) -> None:
    html = "<html><body><h1>Tin</h1>" + "".join(f"<{tag}>{text}</{tag}>" for tag, text in parts)
    text = "\n".join(lines)
    story = complete(text, document_fromstring(html))
    there = letters(story.text + "".join(cut.line for cut in story.cut))
    assert all(there.count(letter) >= letters(text).count(letter) for letter in set(letters(text)))
