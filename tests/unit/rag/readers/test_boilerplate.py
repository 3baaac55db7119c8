from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.readers.pages.boilerplate import cut_boilerplate
from rag.text.cleaning import clean
from tests.conftest import SHARED

STORY_VI = (
    "Hội đồng thành phố hôm thứ Ba thông qua kế hoạch trồng thêm hai mươi nghìn cây xanh trong "
    "năm tới, chủ yếu dọc các bờ kênh.\n\n"
    "Theo tờ trình, mỗi quận được giao một phần việc và phải báo cáo tiến độ hằng tháng cho sở.\n\n"
    "Người dân có thể đăng ký chăm sóc cây trước nhà mình, đổi lại được miễn phí nước tưới."
)
STORY_ZH = (
    "市议会星期二通过一项计划，明年将沿运河两岸新种两万棵树，各区每月须向主管部门汇报进度，未完成的要说明原因。\n\n"
    "居民可以认养门前的树木，作为交换，浇灌用水免费；学校和企业也可以报名参加，名额先到先得，满额为止。\n\n"
    "主管部门说，去年种下的树有九成成活，比前年高出一成，原因是改用了更耐旱的树种和滴灌设备。"
)
STORY_EN = (
    "The city council on Tuesday approved a plan to plant twenty thousand more trees next year, "
    "most of them along the canals.\n\n"
    "Each district gets its share of the work and has to report on it to the department.\n\n"
    "Residents may sign up to look after the tree in front of their house, for free water."
)


@pytest.mark.parametrize(
    ("story", "tail"),
    [
        (
            STORY_VI,
            "Tin cùng chuyên mục\n\nKhai trương tuyến xe buýt mới\nKhai trương tuyến xe buýt",
        ),
        (STORY_VI, "Minh Anh\nNguồn:\n\nTin liên quan\nChợ hoa mở cửa sớm"),
        (STORY_VI, "Bình luận (12)\nGửi bình luận"),
        (STORY_VI, "Đường dây nóng: 0900 000 000\nBáo lỗi cho chúng tôi"),
        (
            STORY_ZH,
            "更多\n\n地铁新线通车\n\n地铁新线星期三通车，沿途设有二十个车站，票价与旧线相同。",
        ),
        (STORY_ZH, "市政报\n\n相关阅读：\n花市提前开张"),
        (STORY_EN, "Read more\nA new bus line opens on Wednesday"),
        (STORY_EN, "Comments (3)\nNice."),
    ],
)
def test_what_follows_a_story_is_cut(story: str, tail: str) -> None:
    found = cut_boilerplate(f"Title of the story\n\n{story}\n\n{tail}")
    assert found.text == f"Title of the story\n\n{story}"
    assert [cut.line for cut in found.cut] == [line for line in tail.split("\n") if line]


@pytest.mark.parametrize("story", [STORY_VI, STORY_ZH, STORY_EN])
def test_a_story_alone_stays_as_it_is(story: str) -> None:
    assert cut_boilerplate(story).text == story
    assert cut_boilerplate(story).cut == ()


def test_headings_before_a_story_end_nothing() -> None:
    text = f"Đọc thêm\n\n{STORY_VI}"
    assert cut_boilerplate(text).text == text


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("0:00 / 0:00", "widget"),
        ("12:05", "widget"),
        ("aa", "widget"),
        ("A- A+", "widget"),
        ("Trang chủ Đời sống", "widget"),
        ("首页 > 新闻", "widget"),
        ("Chia sẻ", "widget"),
        ("Minh Anh |", "by-line"),
        ("Thứ ba, 24/11/2020 08:05", "date"),
        ("Chợ hoa năm nay mở cửa sớm Chợ hoa năm nay mở cửa sớm", "teaser"),
    ],
)
def test_lines_that_are_no_part_of_a_story_are_cut(line: str, reason: str) -> None:
    found = cut_boilerplate(f"{line}\n{STORY_VI}")
    assert found.text == STORY_VI
    assert [(cut.line, cut.reason) for cut in found.cut] == [(line, reason)]


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("Khang Anh\nNguồn:", ("Khang Anh",)),
        ("An Bình\nTheo TTXVN", ("An Bình",)),
        ("越通社", ("越通社",)),
        ("Ảnh: Minh Tú", ()),
    ],
)
def test_who_signs_a_story_wrote_it(signature: str, expected: tuple[str, ...]) -> None:
    assert (
        cut_boilerplate(f"{STORY_VI}\n\n{signature}\n\nTin liên quan\nChợ hoa").authors == expected
    )
    by_line = f"Lan Anh |\n\n{STORY_VI}\n\n{signature}\n\nTin liên quan\nChợ hoa"
    assert cut_boilerplate(by_line).authors == ("Lan Anh",)


def test_a_line_said_twice_is_said_once() -> None:
    caption = "Cây xanh dọc bờ kênh. (Ảnh: Minh Anh)"
    found = cut_boilerplate(f"Title\n\n{caption}\n\n{caption}\n{STORY_VI}")
    assert found.text == f"Title\n\n{caption}\n\n{STORY_VI}"
    assert found.cut[0].reason == "said twice"


def test_a_teaser_within_a_story_goes_with_its_broken_summary() -> None:
    parts = STORY_VI.split("\n\n")
    title = "Khai trương tuyến xe buýt mới vào thứ Tư"
    teaser = f"{title} {title}\n\nTuyến xe có hai mươi trạm, giá vé như ..."
    found = cut_boilerplate("\n\n".join([parts[0], teaser, *parts[1:]]))
    assert found.text == STORY_VI
    assert {cut.reason for cut in found.cut} == {"teaser"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("20:36 | 25/11/2020 GMT+7", "2020-11-25T20:36:00+07:00"),
        ("25/11/2020", "2020-11-25"),
        ("Thứ tư, ngày 25/11/2020 - 20:36", "2020-11-25T20:36:00"),
        ("2020年11月25日 20:36", "2020-11-25T20:36:00"),
        ("2020-11-25", "2020-11-25"),
        ("Wednesday, November 25, 2020", "2020-11-25"),
        ("25 tháng 11 năm 2020, 20:36:15", "2020-11-25T20:36:15"),
        ("31/2/2020", None),
        ("Ngày 25/11/2020 hội đồng họp", None),
    ],
)
def test_dates_are_read_from_lines_that_say_nothing_else(line: str, expected: str | None) -> None:
    assert cut_boilerplate(f"{line}\n{STORY_VI}").published_at == expected


@given(st.lists(st.text(max_size=40) | st.sampled_from(["更多", "aa", STORY_EN, ""]), max_size=9))
def test_nothing_is_lost_but_kept_or_cut(parts: list[str]) -> None:
    text = clean("\n".join(parts))
    found = cut_boilerplate(text)
    kept = [line.strip() for line in found.text.split("\n") if line.strip()]
    cut = [each.line for each in found.cut]
    assert sorted([*kept, *cut]) == sorted(
        line.strip() for line in text.split("\n") if line.strip()
    )


NO_STORY = {
    "000": ("Đường dây nóng", "Báo lỗi cho", "Vui lòng nhập", "Bình Giang |"),
    "001": ("0:00", "Tin cùng chuyên mục", "Đọc thêm", "Karaoke", "(PLVN) - Tuần này", "Mango"),
    "002": ("Bình luận", "Gửi bình luận"),
    "003": ("坎贝尔", "2月18日", "2月19日", "国际能源署", "卡尔·塞耶"),
    "004": (
        *("Trang chủ", "GMT+7", "Tin bài liên quan", "Các tin bài khác", "Đọc nhiều", "[Video]"),
        *("infographic", "Phiên bản di động", "Xin chờ", "YAMADA Takio", "Ủy ban Hợp tác Lào"),
    ),
}
"""Words of each scraped file beside the repository that are not part of its article."""

STORY_ENDS = {
    "000": ("Thứ trưởng Ngoại giao Hà Kim Ngọc vừa nhắc lại", "về chính trị-an ninh và pháp lý."),
    "001": ("Trong khuôn khổ chương trình", "Tại các hoạt động, Bộ trưởng Bùi Thanh Sơn"),
    "002": ("Cụ thể, từ ngày 21 đến 27/9", "có hoạt động đối ngoại quan trọng khác."),
    "003": ("12月12日上午,越南外交部就越南正式担任", "黎怀忠还表示,联合国对参加维和行动"),
    "004": ("Đại hội đồng Liên Hiệp Quốc thông qua", "Các nước ASEAN đề nghị Liên hợp quốc"),
}


@pytest.mark.parametrize("name", list(NO_STORY))
def test_scraped_pages_lose_their_clutter_and_nothing_else(name: str) -> None:
    folder = SHARED / "articles"
    if not folder.is_dir():
        pytest.skip("the scraped pages are not beside the repository")
    (path,) = folder.glob(f"{name}_*.txt")
    text = clean(path.read_text(encoding="utf-8"))
    found = cut_boilerplate(text)
    for words in NO_STORY[name]:
        assert words in text
        assert words not in found.text
    for words in STORY_ENDS[name]:
        assert words in found.text
    lines = [line for line in found.text.split("\n") if line.strip()]
    assert len(lines) == len(set(lines))
    first, last = (text.index(words) for words in STORY_ENDS[name])
    lost = {cut.line for cut in found.cut if cut.reason not in ("teaser", "said twice")}
    # Between its first and last paragraph an article loses only teasers and repetitions.
    assert not any(line.strip() in lost for line in text[first:last].split("\n") if len(line) > 40)


def test_a_date_in_several_lines_is_part_of_the_text() -> None:
    text = f"Events\n\nMarch 16, 2026\nTree planting\nMarch 16, 2026\nCanal walk\n\n{STORY_EN}"
    page = cut_boilerplate(text)
    assert page.published_at is None
    assert page.text.count("March 16, 2026") == 2
