"""Web pages of the kinds that news sites have: their furniture, their titles and their sources."""

from __future__ import annotations

import io

import pytest

from rag.readers import Document
from rag.readers.pages.html import page_article
from tamngu.records.article import Article
from tests.unit.rag.readers.pages.stories import STORIES, TITLES


def article_of(html: str, url: str | None = None, name: str = "saved.html") -> Article:
    """Return the article of a page that was fetched from a URL, or saved to a file."""
    source = name if url is None else url.split("/")[2]
    return page_article(html, Document(url or f"/p/{name}", name, ".html", source, io.BytesIO, url))


def paragraphs(language: str, within: str = "") -> str:
    first, *rest = (f"<p>{part}</p>" for part in STORIES[language].split("\n\n"))
    return "\n".join([first, within, *rest])


def page(
    language: str,
    *,
    title: str = "{}",
    head: str = "",
    above: str = "",
    within: str = "",
    below: str = "",
    heading: bool = True,
) -> str:
    """Return a page with a story; ``title`` has braces for the headline."""
    h1 = f"<h1>{TITLES[language]}</h1>" if heading else ""
    return (
        f"<html><head><title>{title.format(TITLES[language])}</title>{head}</head><body>"
        '<nav><a href="/">A</a> <a href="/b">B</a></nav>'
        f'<div class="main"><article>{h1}{above}<div class="body">{paragraphs(language, within)}'
        f"{below}</div></article></div><footer><p>© 2024</p></footer></body></html>"
    )


def own_text(article: Article, language: str) -> list[str]:
    """Return the lines of an article without its headline."""
    lines = [line for line in article.text.split("\n") if line.strip()]
    return [line for line in lines if line != TITLES[language]]


TEASERS = {
    "vi": (
        "Chợ nổi đón thêm khách vào cuối tuần",
        "Chợ nổi Bến Sông tuần này đón hơn hai nghìn khách, nhiều nhất từ đầu năm.",
    ),
    "zh": (
        "水上巴士四月起开通新的夜间线路",
        "水上巴士公司星期三宣布，四月起开通夜间线路，票价三元，学生和老人免费。",
    ),
    "hant": (
        "水上巴士四月起開通新的夜間路線",
        "水上巴士公司星期三宣布，四月起開通夜間路線，票價三元，學生和老人免費。",
    ),
    "en": (
        "A new night ferry will cross the river in April",
        "The ferry company said that the boats will cross the river until midnight.",
    ),
}
"""A title of another story, and its summary."""

BOXES = {
    "a paragraph that is a link": '<p><a href="/tin/2.html">{0}</a></p>',
    "a bold link with an arrow": '<p><strong>&gt;&gt; <a href="/tin/2.html">{0}</a></strong></p>',
    "a card with a summary": '<div><h3><a href="/tin/2.html">{0}</a></h3><p>{1}</p></div>',
    "a named box": '<div class="box-related"><p>{0}</p><p>{1}</p></div>',
    "a named list": '<ul class="tin-lien-quan"><li><a href="/tin/2.html">{0}</a></li></ul>',
    "an aside": "<aside><h4>{0}</h4><p>{1}</p></aside>",
    "a table": (
        '<table class="related"><tr><td><a href="/tin/2.html">{0}</a><p>{1}</p></td></tr></table>'
    ),
}


@pytest.mark.parametrize("language", TEASERS)
@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("place", ["within", "below"])
def test_teasers_of_other_stories_are_not_kept(language: str, box: str, place: str) -> None:
    teaser = BOXES[box].format(*TEASERS[language])
    places = {"within": "", "below": "", place: teaser}
    html = page(language, within=places["within"], below=places["below"])
    article = article_of(html, "https://news.example/tin/1.html")
    kept = own_text(article, language)
    assert kept == STORIES[language].split("\n\n")


def test_links_within_sentences_and_to_other_sites_stay() -> None:
    within = (
        '<p>The plan stands on <a href="/tin/3.html">a study of the harbour</a>, they say.</p>'
        '<p><a href="https://other.example/study.pdf">A study of the trees along the canals</a></p>'
    )
    article = article_of(page("en", within=within), "https://news.example/tin/1.html")
    assert "The plan stands on a study of the harbour, they say." in article.text
    assert "A study of the trees along the canals" in article.text


def test_a_class_around_the_whole_story_cuts_nothing() -> None:
    html = page("en").replace('<div class="main">', '<div class="share-wrapper newsletter">')
    assert own_text(article_of(html), "en") == STORIES["en"].split("\n\n")


FURNITURE = {
    "vi": (
        "<p>Biên tập: Hoàng Lan</p><p>Theo dõi Báo Bến Sông trên Google News</p>"
        "<p>Đường dây nóng: 0900 000 000</p>"
        "<p>Giấy phép số 12/GP-BTTTT cấp ngày 1/2/2020</p>"
    ),
    "zh": (
        "<p>(责编：王小明、李大华)</p><p>分享让更多人看到</p><p>版权说明：未经授权，不得转载。</p>"
        "<p>互联网新闻信息服务许可证10120000000</p>"
    ),
    "hant": "<p>（編輯：陳大文）</p><p>掃描QR code加入我們</p><p>版權聲明：未經授權不得轉載。</p>",
    "en": (
        "<p>Editing by Jane Roe</p><p>Sign up for our newsletter</p><p>Scan the QR code</p>"
        "<p>© 2024 The Riverside Star. All rights reserved.</p>"
    ),
}


@pytest.mark.parametrize("language", FURNITURE)
def test_furniture_below_a_story_is_not_kept(language: str) -> None:
    article = article_of(page(language, below=FURNITURE[language]))
    assert own_text(article, language) == STORIES[language].split("\n\n")


SITE = '<meta property="og:site_name" content="{}">'


@pytest.mark.parametrize(
    ("language", "title", "site", "url", "source"),
    [
        ("zh", "{}--时政--人民网", "人民网版权所有", None, "人民网"),
        ("zh", "{}_新浪新闻", None, "https://news.sina.example/a/1", "新浪新闻"),
        ("zh", "{}-新华网", "新华网", None, "新华网"),
        ("zh", "{} - BBC News 中文", "BBC News 中文", None, "BBC News 中文"),
        ("hant", "{} | 生活 | 中央社 CNA", "中央社 CNA", None, "中央社 CNA"),
        ("hant", "{} - 自由時報電子報", None, None, "自由時報電子報"),
        (
            "vi",
            "{} - VnExpress",
            "vnexpress.example",
            "https://vnexpress.example/a.html",
            "VnExpress",
        ),
        ("vi", "{} | Báo Dân trí", None, None, "Báo Dân trí"),
        ("vi", "{} - Báo Bến Sông điện tử", "Báo Bến Sông điện tử", None, "Báo Bến Sông điện tử"),
        ("vi", "{}", "Bản quyền thuộc về Báo Bến Sông", None, "Báo Bến Sông"),
        ("en", "{} | Reuters", "Reuters", None, "Reuters"),
        ("en", "{} - Riverside Star", "Riverside Star", None, "Riverside Star"),
        (
            "en",
            "{}",
            "Copyright © 2024 Riverside Star. All rights reserved.",
            None,
            "Riverside Star",
        ),
        ("en", "{} | riverside", None, "https://www.riverside.example/a/1", "riverside"),
    ],
)
@pytest.mark.parametrize("heading", [True, False])
def test_the_name_of_a_site_is_the_source_and_no_part_of_the_title(
    language: str, title: str, site: str | None, url: str | None, source: str, heading: bool
) -> None:
    head = SITE.format(site) if site else ""
    article = article_of(page(language, title=title, head=head, heading=heading), url)
    assert (article.title, article.source) == (TITLES[language], source)


def test_a_saved_page_that_names_no_site_has_the_source_that_its_text_names() -> None:
    above = "<p>2020年11月25日20:36 来源：某某日报</p>"
    assert article_of(page("zh", above=above)).source == "某某日报"
    assert article_of(page("zh")).source == "saved.html"
    assert article_of(page("zh"), "https://www.news.example/1").source == "www.news.example"


def test_a_title_with_a_dash_stays_whole() -> None:
    html = page("vi", heading=False).replace(
        TITLES["vi"], "Việt Nam - Lào: thêm hai tuyến đường mới"
    )
    assert article_of(html).title == "Việt Nam - Lào: thêm hai tuyến đường mới"


def test_what_stands_above_the_headline_of_a_page_is_cut() -> None:
    html = page("zh").replace("<h1>", "<div>某某网&gt;&gt;<a href='/c'>文旅·体育</a></div><h1>")
    article = article_of(html)
    assert own_text(article, "zh") == STORIES["zh"].split("\n\n")


def test_the_summary_in_a_part_whose_type_names_other_stories_is_cut() -> None:
    other = "TTO - Chợ nổi đón thêm tám phần trăm khách so với tháng trước."
    teaser = (
        '<div class="in-preview" type="RelatedOneNews"><a href="/cho-100.htm">Chợ nổi đón thêm '
        f'khách</a><div class="sapo">{other}</div></div>'
    )
    article = article_of(page("vi", within=teaser), "https://bensong.example/cay-1.htm")
    assert other not in article.text
    assert own_text(article, "vi") == STORIES["vi"].split("\n\n")


def test_the_place_before_a_lead_stays_apart_from_it() -> None:
    lead = "Hội đồng thị trấn sẽ mua thêm hai mươi nghìn cây non trong năm tới cho các bờ kênh."
    above = f'<p class="description"><span class="location-stamp">BẾN SÔNG</span>{lead}</p>'
    assert f"BẾN SÔNG {lead}" in article_of(page("vi", above=above)).text


@pytest.mark.parametrize(
    ("language", "title", "source"),
    [
        (
            "vi",
            "{} - Cổng thông tin điện tử Bộ Nông nghiệp",
            "Cổng thông tin điện tử Bộ Nông nghiệp",
        ),
        ("zh", "{}_某某市人民政府", "某某市人民政府"),
    ],
)
def test_an_office_in_the_title_is_the_source(language: str, title: str, source: str) -> None:
    article = article_of(page(language, title=title))
    assert (article.title, article.source) == (TITLES[language], source)


def test_a_site_or_an_editor_in_the_place_of_the_author_is_none() -> None:
    below = "<p>作者：李明</p><p class='author'>责任编辑：王小明</p>"
    assert article_of(page("zh", below=below)).authors == ("李明",)
    head = '<meta name="author" content="Báo Tuổi Trẻ">'
    assert article_of(page("vi", head=head, below="<p>Hoàng Lan</p>")).authors == ("Hoàng Lan",)


def test_a_sentence_with_a_link_that_the_page_has_elsewhere_too_stays_whole() -> None:
    sentence = "Nearly all young trees from the town nursery have survived their first summer here."
    link = '<a href="/nursery.htm">the town nursery</a>'
    within = f"<p>{sentence.replace('the town nursery', link)}</p>"
    html = page("en", within=within).replace("</nav>", f"<p>{link}</p></nav>")
    article = article_of(html, "https://riverside.example/trees-1.htm")
    assert sentence in article.text.split("\n")
