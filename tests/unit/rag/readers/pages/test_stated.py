"""What scraped text states of its article: source, authors and date; else none of them."""

from __future__ import annotations

import io

import pytest

from rag.readers import Document, read_document
from tamngu.records.article import Article
from tests.unit.rag.readers.pages.stories import STORIES, TITLES
from tests.unit.rag.readers.reading import read


def articles_of_file(name: str, text: str) -> list[Article]:
    """Return the articles of a file, whose source is its name."""
    file = Document(f"/news/{name}", name, ".txt", name, lambda: io.BytesIO(text.encode()))
    return [item for item in read_document(file) if isinstance(item, Article)]


def scraped(
    language: str, *, top: str = "", lead: str = "", below: str = "", title: str = ""
) -> Article:
    """Return the article of a scraped file with lines above and below a story.

    Args:
        language: of the story.
        top: lines between the title and the story.
        lead: what stands before the story's first words.
        below: lines below the story.
        title: the first line; default: that of the story.
    """
    parts = [title or TITLES[language], top, lead + STORIES[language], below]
    (article,) = articles_of_file("000_2f7542cd.txt", "\n\n".join(filter(None, parts)))
    return article


DATELINES = [
    ("vi", "(TTXVN) - ", "TTXVN"),
    ("vi", "(PLVN) – ", "PLVN"),
    ("vi", "(Dân trí) - ", "Dân trí"),
    ("vi", "TTO - ", "TTO"),
    ("vi", "VOV.VN - ", "VOV.VN"),
    ("vi", "NDO - ", "NDO"),
    ("vi", "(BSO) - ", "BSO"),
    ("vi", "(bensong.vn) - ", "bensong.vn"),
    ("vi", "Hà Nội (TTXVN) - ", "TTXVN"),
    ("vi", "Bến Sông (TTXVN 25/11) - ", "TTXVN"),
    ("zh", "新华社某市11月25日电（记者李明）", "新华社"),
    ("zh", "　　新华社某市11月25日电　", "新华社"),
    ("zh", "中新社某市11月25日电 (记者 李明) ", "中新社"),
    ("zh", "中新网11月25日电 ", "中新网"),
    ("zh", "越通社河内——", "越通社"),
    ("zh", "越通社（VNA）——", "越通社"),
    ("zh", "路透社伦敦11月25日电 ", "路透社"),
    ("zh", "【环球时报综合报道】", "环球时报"),
    ("zh", "人民网某市11月25日电（记者李明）", "人民网"),
    ("zh", "（新华社某市25日电）", "新华社"),
    ("hant", "（中央社記者陳大文台北25日電）", "中央社"),
    ("hant", "(法新社巴黎25日電) ", "法新社"),
    ("hant", "【中央社】", "中央社"),
    ("en", "LONDON (Reuters) - ", "Reuters"),
    ("en", "RIVERSIDE, Nov 25 (Reuters) - ", "Reuters"),
    ("en", "HANOI, Nov. 25 (Xinhua) -- ", "Xinhua"),
    ("en", "RIVERSIDE (AP) — ", "AP"),
    ("en", "Hanoi (VNA) – ", "VNA"),
    ("en", "(CNN) — ", "CNN"),
    ("en", "Taipei, Nov. 25 (CNA) ", "CNA"),
]


@pytest.mark.parametrize(("language", "lead", "source"), DATELINES)
def test_a_dateline_names_the_source_and_stays_in_the_text(
    language: str, lead: str, source: str
) -> None:
    article = scraped(language, lead=lead)
    assert article.source == source
    assert lead.strip() in article.text


def test_a_dateline_behind_a_lead_names_the_source() -> None:
    first, rest = STORIES["vi"].split("\n\n", 1)
    (article,) = articles_of_file("a.txt", f"{TITLES['vi']}\n\n{first}\n\n(PLVN) - {rest}")
    assert article.source == "PLVN"


LINES = [
    ("vi", "Nguồn: TTXVN", "TTXVN"),
    ("vi", "(Nguồn: Báo Bến Sông)", "Báo Bến Sông"),
    ("vi", "Theo TTXVN", "TTXVN"),
    ("vi", "(Theo Báo Tin tức)", "Báo Tin tức"),
    ("vi", "TTXVN", "TTXVN"),
    ("vi", "Nguồn: https://www.bensong.example/tin/1", "bensong.example"),
    ("vi", "Nguồn:\nBáo Bến Sông", "Báo Bến Sông"),
    ("vi", "Lan Anh (Theo Reuters)", "Reuters"),
    ("vi", "Lan Anh/TTXVN", "TTXVN"),
    ("vi", "Báo lỗi cho Bến Sông", "Bến Sông"),
    ("vi", "Theo dõi VnExpress trên Google News", "VnExpress"),
    (
        "vi",
        "® Ghi rõ nguồn “Báo Bến Sông” khi phát hành lại thông tin từ trang này",
        "Báo Bến Sông",
    ),
    ("zh", "来源：新华社", "新华社"),
    ("zh", "（来源：某某日报）", "某某日报"),
    ("zh", "来源： 某某网 作者：李明", "某某网"),
    ("zh", "稿源：某某晚报", "某某晚报"),
    ("zh", "新华社", "新华社"),
    ("zh", "人民网版权所有，未经书面授权禁止使用", "人民网"),
    ("zh", "来源：\n某某日报", "某某日报"),
    ("hant", "來源：中央社", "中央社"),
    ("hant", "（中央社）", "中央社"),
    ("en", "Source: Reuters", "Reuters"),
    ("en", "(Source: The Riverside Star)", "The Riverside Star"),
    ("en", "— Reuters", "Reuters"),
    ("en", "© 2024 The Riverside Star. All rights reserved.", "Riverside Star"),
    ("en", "Copyright 2024 The Associated Press. All rights reserved.", "Associated Press"),
    ("en", "Follow Reuters on Facebook", "Reuters"),
]


@pytest.mark.parametrize(("language", "line", "source"), LINES)
def test_a_line_below_a_story_names_the_source(language: str, line: str, source: str) -> None:
    article = scraped(language, below=line)
    assert article.source == source
    assert article.text == f"{TITLES[language]}\n\n{STORIES[language]}"


HEADS = [
    ("vi", "20:36 | 25/11/2020 GMT+7", None, "2020-11-25T20:36:00+07:00", ()),
    ("vi", "Thứ Tư, 25/11/2020, 08:00 (GMT+7)", None, "2020-11-25T08:00:00+07:00", ()),
    ("vi", "Ngày đăng: 25/11/2020", None, "2020-11-25", ()),
    ("vi", "Lan Anh - 25/11/2020 08:00", None, "2020-11-25T08:00:00", ("Lan Anh",)),
    ("vi", "VOV.VN - 25/11/2020", "VOV.VN", "2020-11-25", ()),
    ("vi", "Tác giả: Lan Anh", None, None, ("Lan Anh",)),
    ("vi", "Lan Anh |", None, None, ("Lan Anh",)),
    ("vi", "Báo Tin tức", "Báo Tin tức", None, ()),
    ("zh", "2020年11月25日20:36 | 来源：新华网", "新华网", "2020-11-25T20:36:00", ()),
    (
        "zh",
        "2020-11-25 20:36:00　来源：某某日报　作者：李明",
        "某某日报",
        "2020-11-25T20:36:00",
        ("李明",),
    ),
    ("zh", "来源：新华社 2020-11-25 20:36", "新华社", "2020-11-25T20:36:00", ()),
    (
        "zh",
        "发布时间：2020-11-25 20:36 来源： 某某晚报 阅读 1234",
        "某某晚报",
        "2020-11-25T20:36:00",
        (),
    ),
    ("zh", "新华网 2020-11-25 20:36:00", "新华网", "2020-11-25T20:36:00", ()),
    ("zh", "作者：李明、王华", None, None, ("李明", "王华")),
    ("hant", "〔記者陳大文／台北報導〕", None, None, ("陳大文",)),
    ("hant", "發布時間：2020/11/25 20:36", None, "2020-11-25T20:36:00", ()),
    ("en", "By Jane Roe", None, None, ("Jane Roe",)),
    ("en", "By Jane Roe and John Doe, Reuters", "Reuters", None, ("Jane Roe", "John Doe")),
    ("en", "By JANE ROE Associated Press", "Associated Press", None, ("JANE ROE",)),
    ("en", "Published: November 25, 2020", None, "2020-11-25", ()),
    ("en", "BBC News, 25 November 2020", "BBC News", "2020-11-25", ()),
    ("en", "By Jane Roe | Nov 25, 2020", None, "2020-11-25", ("Jane Roe",)),
    ("en", "Posted on November 25, 2020 by jane", None, "2020-11-25", ()),
    ("en", "November 25, 2020 by Jane Roe", None, "2020-11-25", ("Jane Roe",)),
    ("en", "Posted by Jane Roe on November 25, 2020", None, "2020-11-25", ("Jane Roe",)),
    ("en", "Wed 25 Nov 2020 06.00 GMT", None, "2020-11-25T06:00:00+00:00", ()),
    ("en", "Thu 25 Jun 2020 06.00 BST", None, "2020-06-25T06:00:00+01:00", ()),
    (
        "en",
        "Thu 25 Jun 2020 06.00 BSTLast modified on Fri 26 Jun 2020 07.11 BST",
        None,
        "2020-06-25T06:00:00+01:00",
        (),
    ),
    (
        "en",
        "November 25, 20206:14 AM GMT+7Updated 2 hours ago",
        None,
        "2020-11-25T06:14:00+07:00",
        (),
    ),
    ("en", "Published November 25, 2020 8:00am ET", None, "2020-11-25T08:00:00", ()),
    ("en", "JANE ROE, Riverside Star staff writer", None, None, ("JANE ROE",)),
    ("vi", "Lan Anh • 25/11/2020 08:00", None, "2020-11-25T08:00:00", ("Lan Anh",)),
    ("vi", "Đà Nẵng, 25/11/2020", None, "2020-11-25", ()),
    ("vi", "Đăng vào ngày 25/11/2020 bởi admin", None, "2020-11-25", ()),
    ("vi", "Tác giả, Hoàng Lan", None, None, ("Hoàng Lan",)),
    ("zh", "2020 11/25 20:36:11", None, "2020-11-25T20:36:11", ()),
    ("zh", "2020年11月25日 20:36 听报道", None, "2020-11-25T20:36:00", ()),
    ("zh", "2020年11月25日 20:36某某日报", None, "2020-11-25T20:36:00", ()),
    ("zh", "澎湃新闻记者 李明", None, None, ("李明",)),
    ("zh", "文｜李明、王华", None, None, ("李明", "王华")),
    ("hant", "2020/11/25 20:36（11/25 21:10 更新）", None, "2020-11-25T20:36:00", ()),
    ("hant", "出版：2020-11-25 07:00更新：2020-11-25 11:32", None, "2020-11-25T07:00:00", ()),
    ("hant", "最新更新：2020/11/25 11:20", None, "2020-11-25T11:20:00", ()),
    ("hant", "陳大文 報導", None, None, ("陳大文",)),
]


@pytest.mark.parametrize(("language", "line", "source", "date", "authors"), HEADS)
def test_a_line_above_a_story_states_source_date_and_authors(
    language: str, line: str, source: str | None, date: str | None, authors: tuple[str, ...]
) -> None:
    article = scraped(language, top=line)
    assert (article.source, article.published_at, article.authors) == (source, date, authors)
    assert article.text == f"{TITLES[language]}\n\n{STORIES[language]}"


@pytest.mark.parametrize(
    ("language", "lead", "authors"),
    [
        ("zh", "新华社某市11月25日电（记者李明、王华）", ("李明", "王华")),
        ("hant", "〔記者陳大文／台北報導〕", ("陳大文",)),
        ("zh", "会议由人民代表大会举行，当天（记者节）", ()),
    ],
)
def test_a_dateline_names_the_reporters(language: str, lead: str, authors: tuple[str, ...]) -> None:
    assert scraped(language, lead=lead).authors == authors


def test_a_dateline_below_captions_names_the_source() -> None:
    captions = "\n".join(
        f"Item {i} of 3 Young trees stand in a nursery by the canal, on 3 April 2024, at dawn"
        for i in range(1, 4)
    )
    article = scraped("en", top=captions, lead="RIVERSIDE, April 9 (Reuters) - ")
    assert article.source == "Reuters"


@pytest.mark.parametrize(
    ("language", "below"),
    [
        ("vi", "Chủ đề\nChâu Á\nViệt Nam\n\nTin liên quan\nCầu mới sắp thông xe"),
        ("vi", "#cây xanh #Bến Sông\nQuảng Nam\n\nTin cùng chuyên mục\nCầu mới sắp thông xe"),
        ("zh", "责任编辑：王小明\n+1\n收藏\n我要举报\n查看更多"),
    ],
)
def test_tags_and_controls_below_a_story_are_no_authors(language: str, below: str) -> None:
    article = scraped(language, below=below)
    assert article.authors == ()
    assert article.text == f"{TITLES[language]}\n\n{STORIES[language]}"


def test_who_signs_above_the_tags_is_the_author() -> None:
    below = "Hoàng Lan\nTừ khóa: cây xanh\n\nTin liên quan\nCầu mới sắp thông xe"
    assert scraped("vi", below=below).authors == ("Hoàng Lan",)


def test_a_dateline_with_the_year_states_the_date() -> None:
    article = scraped("en", lead="RIVERSIDE, Nov 25, 2020 (AFP) - ")
    assert (article.source, article.published_at) == ("AFP", "2020-11-25")


def test_a_dateline_without_the_year_states_no_date() -> None:
    assert scraped("zh", lead="新华社某市11月25日电 ").published_at is None


def test_a_date_of_publication_comes_before_one_of_a_change() -> None:
    top = "Updated: November 28, 2020\n\nPublished: November 25, 2020"
    assert scraped("en", top=top).published_at == "2020-11-25"
    assert scraped("en", top="Updated: November 28, 2020").published_at == "2020-11-28"


def test_a_source_that_a_line_names_comes_before_a_dateline_and_the_title() -> None:
    article = scraped("vi", below="Nguồn: Báo Bến Sông", lead="(TTXVN) - ")
    assert article.source == "Báo Bến Sông"
    assert scraped("vi", title=f"{TITLES['vi']} - VnExpress", lead="(TTXVN) - ").source == "TTXVN"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("vi", "Theo TTXVN, hai thị trấn lân cận cũng có kế hoạch tương tự trong năm tới."),
        ("vi", "Reuters dẫn lời một chuyên gia nói rằng cây xanh làm dịu cái nóng mùa hè."),
        ("vi", "Ảnh: TTXVN"),
        ("zh", "据新华社报道，邻近两市明年也有同样的计划，种的树要少一些，花的钱也少一些。"),
        ("zh", "路透社报道称，邻近两市明年也有同样的计划，种的树要少一些，花的钱也少一些。"),
        ("zh", "图片来源：新华社"),
        ("hant", "據中央社報導，鄰近兩市明年也有同樣的計畫，種的樹要少一些，花的錢也少一些。"),
        ("en", "Two towns nearby have such a plan too, Reuters reported on Monday evening."),
        ("en", "The Associated Press (AP) said that two towns nearby have such a plan too."),
        ("en", "Photo: Reuters"),
    ],
)
def test_who_is_only_mentioned_is_no_source(language: str, line: str) -> None:
    parts = STORIES[language].split("\n\n")
    for text in ([line, *parts], [parts[0], line, *parts[1:]], [*parts, line]):
        (article,) = articles_of_file("a.txt", "\n\n".join([TITLES[language], *text]))
        # A file of which something was cut was scraped: its name is no source.
        assert article.source == (None if article.cut else "a.txt")
        assert line in article.text or line in {cut.line for cut in article.cut}


@pytest.mark.parametrize("language", STORIES)
def test_scraped_text_that_names_no_source_has_none(language: str) -> None:
    shared = {"vi": "Chia sẻ", "zh": "分享到：", "hant": "分享到：", "en": "Share this"}[language]
    article = scraped(language, below=shared)
    assert (article.source, article.published_at, article.authors) == (None, None, ())
    # A note of one's own is found by the name of its file.
    assert scraped(language).source == "000_2f7542cd.txt"


def test_a_source_that_the_caller_names_is_kept() -> None:
    (found,) = read("a.txt", f"{TITLES['vi']}\n\n{STORIES['vi']}")
    assert isinstance(found, Article)
    assert found.source == "source"


@pytest.mark.parametrize(
    ("title", "headline", "source"),
    [
        ("{} - VnExpress", "vi", "VnExpress"),
        ("{} | Báo Dân trí", "vi", "Báo Dân trí"),
        ("{} - Tuổi Trẻ Online", "vi", "Tuổi Trẻ Online"),
        ("{}--时政--人民网", "zh", "人民网"),
        ("{}_新浪网", "zh", "新浪网"),
        ("{}-新华网", "zh", "新华网"),
        ("{} - BBC News 中文", "zh", "BBC News 中文"),
        ("{} | 生活 | 中央社 CNA", "hant", "中央社 CNA"),
        ("{} | Reuters", "en", "Reuters"),
        ("{} - The New York Times", "en", "The New York Times"),
        ("{} | World | The Guardian", "en", "The Guardian"),
    ],
)
def test_the_site_behind_a_title_is_the_source(title: str, headline: str, source: str) -> None:
    article = scraped(headline, title=title.format(TITLES[headline]))
    assert (article.title, article.source) == (TITLES[headline], source)


def test_a_title_with_the_site_is_cut_above_the_headline() -> None:
    first = f"{TITLES['vi']} - VnExpress"
    article = scraped("vi", title=first, top=TITLES["vi"])
    assert (article.title, article.source) == (TITLES["vi"], "VnExpress")
    assert [cut.line for cut in article.cut] == [first]


@pytest.mark.parametrize(
    ("language", "above"),
    [
        ("vi", "Thời sự\nXã hội"),
        ("vi", "Việt Nam / Nông nghiệp"),
        ("zh", "某某网>>经济·科技"),
        ("zh", "某某网 > 时政 > 正文"),
        ("hant", "生活"),
        ("en", "WORLD NEWS"),
        ("en", "Skip to main content\nEnvironment"),
        ("en", "FOR IMMEDIATE RELEASE"),
    ],
)
def test_sections_and_labels_above_the_headline_are_not_the_title(
    language: str, above: str
) -> None:
    article = scraped(language, title=f"{above}\n{TITLES[language]}")
    assert article.title == TITLES[language]
    assert article.text == f"{TITLES[language]}\n\n{STORIES[language]}"
    assert [cut.line for cut in article.cut] == above.split("\n")


@pytest.mark.parametrize(("language", "title"), [("en", "Environment"), ("zh", "生活")])
def test_a_title_that_is_the_name_of_a_section_is_kept(language: str, title: str) -> None:
    article = scraped(language, title=title)
    assert article.title == title
    assert article.text.startswith(title)


def test_lines_between_the_title_of_a_page_and_its_headline_are_cut() -> None:
    first = f"{TITLES['en']} | Rural affairs | The Guardian"
    above = "Support us today\nMany pages have such a line"
    article = scraped("en", title=first, top=f"{above}\n{TITLES['en']}")
    assert (article.title, article.source) == (TITLES["en"], "The Guardian")
    assert article.text == f"{TITLES['en']}\n\n{STORIES['en']}"


def test_a_sentence_above_the_headline_is_kept() -> None:
    lead = "After a dry summer the town has decided to buy shade for its canals and its people."
    first = f"{TITLES['en']} | The Guardian"
    article = scraped("en", title=first, top=f"{lead}\n{TITLES['en']}")
    assert lead in article.text
