from __future__ import annotations

import gzip
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml.html import HTMLParser, document_fromstring

from rag.readers.dates.page_date import page_date
from rag.readers.decode import decode_html
from rag.text.dates.grammar import dates_in
from rag.text.dates.stated import iso_date
from tests.conftest import SHARED

VI = "Hội đồng thành phố họp phiên cuối năm"
ZH = "市议会举行今年最后一次全体会议"
EN = "City council holds its last session of the year"
STORY = {
    VI: "<p>Các đại biểu thảo luận về ngân sách, giao thông và trường học suốt buổi sáng.</p>",
    ZH: "<p>代表们整个上午都在讨论预算、交通和学校，并听取了市民对公共汽车线路的意见和建议。</p>",
    EN: "<p>Members spoke about the budget, about buses and about schools all morning long.</p>",
}


def page(title: str = EN, head: str = "", above: str = "", below: str = "", end: str = "") -> str:
    """Return a page with additions in its head, around its headline and below its article."""
    story = STORY[title] * 4
    return (
        f"<html><head><title>{title} - The Daily</title>{head}</head><body>{above}"
        f"<h1>{title}</h1>{below}<div>{story}</div>{end}</body></html>"
    )


def dated(html: str, url: str | None = None) -> str | None:
    tree = document_fromstring(html.encode(), parser=HTMLParser(encoding="utf-8"))
    return page_date(tree, url)


def linked(**stated: object) -> str:
    """Return JSON-LD."""
    return f'<script type="application/ld+json">{json.dumps(stated)}</script>'


def article(published: str, **more: object) -> dict[str, object]:
    return {"@type": "NewsArticle", "datePublished": published, **more}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20:36 | 25/11/2020 GMT+7", "2020-11-25T20:36:00+07:00"),
        ("Thứ Tư, 25/11/2020, 20:36 (GMT+7)", "2020-11-25T20:36:00+07:00"),
        ("Thứ Năm, 08:30, ngày 26-11-2020", "2020-11-26T08:30:00"),
        ("25 tháng 11 năm 2020", "2020-11-25"),
        ("25/11/2020 08:15 CH", "2020-11-25T20:15:00"),
        ("20h36 ngày 25/11/2020", "2020-11-25T20:36:00"),
        ("2020年11月25日 20:36", "2020-11-25T20:36:00"),
        ("2020年11月25日 星期三 下午8:36", "2020-11-25T20:36:00"),
        ("2020-11-25 20:36 北京时间", "2020-11-25T20:36:00+08:00"),
        ("November 25, 2020 8:36 PM EST", "2020-11-25T20:36:00-05:00"),
        ("8:36 PM EST, Wed November 25, 2020", "2020-11-25T20:36:00-05:00"),
        ("Nov. 25, 2020, 12:05 a.m. ET", "2020-11-25T00:05:00"),
        ("25th of November, 2020", "2020-11-25"),
        ("11/25/2020", "2020-11-25"),
        ("Wed, 25 Nov 2020 20:36:00 GMT", "2020-11-25T20:36:00+00:00"),
        ("Wed Nov 25 2020 20:36:00 GMT+0700 (ICT)", "2020-11-25T20:36:00+07:00"),
        ("2020-11-25 25:61", "2020-11-25"),
    ],
)
def test_forms_of_dates(text: str, expected: str) -> None:
    assert [stated.iso for stated in dates_in(text)] == [expected]
    assert iso_date(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "12月12日上午",
        "Ngày 3/8",
        "3/8/2020",
        "2020-02-30",
        "1987-05-04",
        "2004年12月11－12日",
        "25-27 November 2020",
    ],
)
def test_nothing_is_made_of_less_than_a_date(text: str) -> None:
    assert dates_in(text) == []


def test_the_order_of_days_and_months_is_known_in_vietnamese() -> None:
    assert dated(page(VI, below="<p>08:00 03/08/2020</p>")) == "2020-08-03T08:00:00"
    assert dated(page(EN, below="<p>08:00 03/08/2020</p>")) is None
    british = page(EN, below="<p>08:00 03/08/2020</p>").replace("<html", '<html lang="en-GB"')
    assert dated(british) == "2020-08-03T08:00:00"


@pytest.mark.parametrize(
    ("title", "line", "expected"),
    [
        (VI, "<span>Thứ Tư, 25/11/2020, 20:36 (GMT+7)</span>", "2020-11-25T20:36:00+07:00"),
        (ZH, "2020年11月25日20:36 来源：日报 <a href=#>我来说两句</a>", "2020-11-25T20:36:00"),
        (ZH, "2020-11-25 阅读10544次", "2020-11-25"),
        (EN, "By Ann Lee and <b>Bob Ray</b> | November 25, 2020 | 4 min read", "2020-11-25"),
        (
            EN,
            "<time datetime='2020-11-25T20:36:00-05:00'>3 hours ago</time>",
            "2020-11-25T20:36:00-05:00",
        ),
        (EN, "Updated <!-- -->Nov 25, 2020", "2020-11-25"),
    ],
)
def test_the_date_beside_the_headline(title: str, line: str, expected: str) -> None:
    assert dated(page(title, below=f"<div>{line}</div>")) == expected
    assert dated(page(title, above=f"<div>{line}</div>")) == expected
    no_heading = (
        page(title, below=f"<div>{line}</div>").replace("h1>", "b>").replace("<b>", "<p><b>")
    )
    assert dated(no_heading) == expected


@pytest.mark.parametrize(
    "line",
    [
        "The first of these buses has run since November 25, 2020.",
        "The report was published November 25, 2020, and has been read by few.",
        "Open November 25, 2020 - November 29, 2020",
        "© 2020-11-25 The Daily",
        "Data as of November 25, 2020",
        "查看旧版(2020年11月25日以前)",
        "今天是2020年11月25日 星期三",
        "报名日期为2020年11月1日至2020年11月30日",
        "Hôm nay, 25/11/2020",
        "<span hidden>2020-11-25 20:36</span><i style='display: none'>2020-11-25 20:36</i>",
        "<script>var now = '2020-11-25 20:36'</script><!-- 2020-11-25 20:36 -->",
    ],
)
def test_other_dates_beside_the_headline(line: str) -> None:
    assert dated(page(below=f"<div>{line}</div>")) is None


def test_what_day_it_is_today_stands_in_the_head_of_the_site() -> None:
    entries = ("Thời sự", "Thế giới", "Kinh doanh", "Giải trí", "Thể thao", "Pháp luật", "Giáo dục")
    menu = f"<ul>{''.join(f'<li>{entry}</li>' for entry in entries)}</ul>"
    top = f"<div>Thứ Sáu, 27/11/2020</div>{menu}"
    assert dated(page(VI, above=top)) is None
    with_date = page(VI, above=f"{top}<span>Thứ Tư, 25/11/2020, 20:36</span>")
    assert dated(with_date) == "2020-11-25T20:36:00"


@pytest.mark.parametrize(
    "end",
    [
        "<div class='related-posts'><p>Buses run again</p><p>2020-11-25 20:36</p></div>",
        "<aside><p>2020-11-25 20:36</p></aside><nav>2020-11-25 20:36</nav>",
        "<ol id='comments'><li>Posted on 2020-11-25 20:36</li></ol>",
        "<h3>Comments (2)</h3><p>Posted on 2020-11-25 20:36</p>",
        "<h3>网友评论：</h3><p>发表时间：2020-11-25 20:36</p>",
        "<footer>Published 2020-11-25 20:36 by The Daily</footer>",
        "<ul><li><b>A</b> 2020-11-25 20:36</li><li><b>B</b> 2020-11-24 20:36</li></ul>",
        "<p>Buses run again</p><p>2020-11-25</p>",
    ],
)
def test_dates_of_other_things(end: str) -> None:
    assert dated(page(end=end)) is None


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("<p>发表于 2020年11月25日 20:36 - (阅读:3727;评论:63)</p>", "2020-11-25T20:36:00"),
        (
            "<center>本贴由<b>大卫</b>于2020年11月25日20:36:21在〖谈天〗发表.</center>",
            "2020-11-25T20:36:21",
        ),
        ("<dt>Content current as of:</dt><dd>11/25/2020</dd>", "2020-11-25"),
        ("<p>2020-11-25 20:36</p>", "2020-11-25T20:36:00"),
    ],
)
def test_dates_under_the_story(end: str, expected: str) -> None:
    assert dated(page(end=end)) == expected


def test_json_ld_of_the_article_and_not_of_what_it_mentions() -> None:
    graph: list[dict[str, object]] = [
        {"@type": "WebPage", "datePublished": "2019-01-01"},
        {"@type": "ItemList", "itemListElement": [article("2018-01-01")]},
        article("2017-01-01", headline="Another story"),
        article("2020-11-25T20:36:00+07:00", headline=EN, comment=[article("2021-01-01")]),
    ]
    assert dated(page(head=linked(**{"@graph": graph}))) == "2020-11-25T20:36:00+07:00"
    assert dated(page(head=linked(**graph[1]))) is None
    broken = '<script type="application/ld+json">{"datePublished": "2020-11-25", }</script>'
    assert dated(page(head=broken)) == "2020-11-25"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "<meta property='article:published_time' content='2020-11-25T20:36:00Z'>",
            "2020-11-25T20:36:00+00:00",
        ),
        ("<meta name='PubDate' content='2020-11-25 20:36'>", "2020-11-25T20:36:00"),
        ("<meta name='publishdate' content='20201125'>", "2020-11-25"),
        ("<meta itemprop='datePublished' content='2020-11-25T00:00:00Z'>", "2020-11-25"),
        ("<meta property='article:modified_time' content='2020-11-25'>", None),
        ("<link rel='canonical' href='https://a.example/2020/11/25/council'>", "2020-11-25"),
        ("<meta name='viewport' content='2020-11-25'>", None),
    ],
)
def test_markup_states_it(head: str, expected: str | None) -> None:
    assert dated(page(head=head)) == expected


def test_microdata_of_comments_is_not_of_the_page() -> None:
    comment = "<div itemscope itemtype='https://schema.org/Comment'>{}</div>"
    date = "<meta itemprop='datePublished' content='2020-11-25'>"
    assert dated(page(end=comment.format(date))) is None
    assert dated(page(end=date)) == "2020-11-25"


def test_the_address_states_it() -> None:
    assert dated(page(), "https://a.example/n1/2020/1125/c1001.html") == "2020-11-25"
    assert page_date(None, "https://a.example/20201125/x") == "2020-11-25"
    assert page_date(None, "https://[a.example/2020/11/25/x") is None
    assert page_date(None, None) is None


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("November 25, 2020", "2020-11-25T13:36:00+00:00"),
        ("Published November 24, 2020", "2020-11-24"),
        ("Updated November 27, 2020", "2020-11-25T13:36:00+00:00"),
        ("November 25, 2020</p><p>Updated March 3, 2021", "2020-11-25T13:36:00+00:00"),
        ("Updated March 3, 2021", "2021-03-03"),
        ("March 3, 2021", "2021-03-03"),
        ("April 3, 2021", "2020-11-25T13:36:00+00:00"),
    ],
)
def test_first_publication_unless_another_edition_is_shown(below: str, expected: str) -> None:
    head = linked(**article("2020-11-25T13:36:00Z", dateModified="2021-03-03T09:00:00Z"))
    assert dated(page(head=head, below=f"<p>{below}</p>")) == expected


def test_the_time_of_day_comes_from_where_it_is_stated() -> None:
    head = linked(**article("2020-11-25"))
    assert dated(page(ZH, head, below="2020-11-25 20:36")) == "2020-11-25T20:36:00"


@pytest.mark.slow
@pytest.mark.parametrize(
    "rows",
    [
        "<p>Posted 2020-11-25 20:36 by a</p>",
        "<h1>a</h1>25/11/2020",
        "<time datetime='2020-11-25'>x</time>",
        "<div class='comments'>",
    ],
)
def test_the_work_grows_with_the_length_of_a_page_and_not_with_its_square(rows: str) -> None:
    def work_s(characters: int) -> float:
        tree = document_fromstring(page(end=rows * (characters // len(rows))))
        begun = time.thread_time()
        page_date(tree, None)
        return time.thread_time() - begun

    # Eight times the length: 64 times the work if it grew with the square.
    least_s = max(work_s(200_000) for _ in range(3))
    assert work_s(1_600_000) < 30 * least_s


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "share", "silent"), [("zh", 0.96, 7), ("en-wcxb", 0.97, 5)])
def test_pages_are_dated_as_people_dated_them(folder: str, share: float, silent: int) -> None:
    home = SHARED / "data" / "html" / folder
    if not home.is_dir():
        pytest.skip("the pages are not beside the repository")
    right, undated = [], 0
    for html, gold in pages(home):
        found = dated(html) or ""
        if gold:
            right.append(found[:10] == gold)
        else:
            undated += not found
    assert sum(right) >= share * len(right)
    assert undated >= silent


def pages(home: Path) -> Iterator[tuple[str, str]]:
    """Yield pages and the day that a person gave them, if any."""
    for path in sorted((home / "original").glob("*.html")):
        said = (home / "date" / f"{path.stem}.txt").read_text(encoding="utf-8")
        stated = re.match(r"(\d{4})-(\d+)-(\d+)", said)
        gold = "-".join(part.zfill(2) for part in stated.groups()) if stated else ""
        yield decode_html(path.read_bytes()), gold
    for path in sorted((home / "html").glob("*.html.gz")):
        truth = home / "ground-truth" / f"{path.name.partition('.')[0]}.json"
        said = json.loads(truth.read_text(encoding="utf-8"))["ground_truth"]["publish_date"]
        yield decode_html(gzip.decompress(path.read_bytes())), (said or "")[:10]
