"""The lead of a page, between its headline and its body, in the forms that news sites give it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, islice

import pytest

from rag.readers.pages.html import page_article
from tamngu.records.article import Article
from tests.unit.rag.readers.test_readers import PAGE_OF_NOBODY


@dataclass(frozen=True)
class Words:
    """What a page says in one language."""

    headline: str
    lead: str
    body: tuple[str, ...]
    date: str
    author: str
    share: str
    other: str
    caption: str
    section: str


WORDS = {
    "vi": Words(
        "Bến đò Thạnh Lợi chạy lại sau mùa lũ",
        "Sau 47 ngày nằm bờ, bốn chiếc đò của bến Thạnh Lợi đã chở khách trở lại, mỗi chuyến "
        "không quá 20 người.",
        (
            "Sáng 12/10, ông Huỳnh Văn Tư, chủ bến, cho biết mực nước đã xuống dưới mức báo động "
            "một và dòng chảy không còn xiết. Các tài công được kiểm tra sức khỏe trước khi nhận "
            "ca.",
            "Mỗi đò được trang bị thêm 30 áo phao, một máy bộ đàm và đèn pha. Tiền mua thiết bị do "
            "huyện hỗ trợ một nửa, phần còn lại do chủ bến trả dần trong hai năm.",
            "Người dân hai bờ mong có cây cầu mới, nhưng dự án phải chờ đến quý ba năm sau. Trong "
            "lúc đó, bến đò vẫn là lối đi chính của hơn sáu trăm học sinh.",
        ),
        "Thứ Hai, 12/10/2026, 08:15 (GMT+7)",
        "Lê Thu Vân",
        "Chia sẻ bài viết lên mạng xã hội",
        "Chợ nổi Phú Hòa vắng khách vì giá xăng tăng liên tục từ đầu năm",
        "Đò chở học sinh qua sông chiều 11/10. Ảnh: Hải Đăng",
        "Đời sống",
    ),
    "zh": Words(
        "青石镇老桥修复后重新通车",
        "停用八个月后，青石镇的三孔石桥星期一恢复通行，每日限行小型车辆六百辆。",
        (
            "镇政府工程办公室主任何建国介绍，去年冬天的洪水冲走了两个桥墩的护石，桥面出现四厘米的裂缝。工程队"
            "先把水排干，再逐块取出石料编号存放。",
            "修复共花费三百二十万元，其中一半来自省文物保护基金。石匠们使用糯米灰浆粘合石块，这种做法在当地"
            "已有四百多年历史，强度经实验室检测合格。",
            "桥头新设了一座称重站，超过五吨的车辆须绕行新桥。镇上的小学也恢复了经老桥往返的校车，学生每天少走"
            "三公里路。",
        ),
        "2026年10月12日 08:15",
        "何晓梅",
        "分享到微信朋友圈和微博",
        "白水县果农改种晚熟苹果以后收入比前年增加近两成",
        "图为十月十一日拍摄的青石镇老桥。（周海 摄）",
        "社会",
    ),
    "en": Words(
        "Ferry returns to Little Marsh after the floods",
        "The four boats of the Little Marsh crossing are carrying passengers again after 47 days "
        "ashore, with no more than 20 people a trip.",
        (
            "Owen Pratley, who runs the landing, said on Monday that the river had dropped below "
            "the first warning mark and the current had eased. Every skipper passed a medical "
            "check before the first shift.",
            "Each boat now has 30 more life jackets, a radio and a searchlight. The district paid "
            "for half of the equipment, and the owner will pay the rest over two years.",
            "People on both banks hope for a bridge, but work cannot start before the third "
            "quarter of next year. Until then the ferry remains the way to school for more than "
            "six hundred children.",
        ),
        "Monday 12 October 2026, 08:15 GMT",
        "Ivy Calloway",
        "Share this article with your friends",
        "Floating market at Reed Bend loses buyers as fuel prices climb again",
        "Children cross the river on Sunday. Photograph: Hal Dunne",
        "Local news",
    ),
}

BODIES = {
    "article": "<article class='fck_detail'>{body}</article>",
    "named": "<div class='detail-content' itemprop='articleBody'>{body}</div>",
    "nameless": "<div>{body}</div>",
    "section": "<section id='main-detail-body'>{body}</section>",
}

LEADS = {
    "p description": "<p class='description'>{lead}</p>",
    "p summary": "<p class='the-article-summary'>{lead}</p>",
    "p without a class": "<p>{lead}</p>",
    "p strong": "<p><strong>{lead}</strong></p>",
    "p font": "<p><font color='#333'><b>{lead}</b></font></p>",
    "h2 sapo": "<h2 class='detail-sapo' data-role='sapo'>{lead}</h2>",
    "h2 without a class": "<h2>{lead}</h2>",
    "h3 chapeau": "<h3 class='chapeau'>{lead}</h3>",
    "h4": "<h4>{lead}</h4>",
    "div sapo": "<div class='sapo'>{lead}</div>",
    "div without a class": "<div>{lead}</div>",
    "div with p": "<div class='intro'><p><b>{lead}</b></p></div>",
    "div in div": "<div class='singular-head'><div class='singular-sapo'>{lead}</div></div>",
    "strong": "<strong class='lead'>{lead}</strong>",
    "strong without a class": "<strong>{lead}</strong>",
    "span": "<span class='article__dek'>{lead}</span>",
    "em": "<em>{lead}</em>",
    "bare text": "{lead}",
    "blockquote": "<blockquote class='standfirst'><p>{lead}</p></blockquote>",
    "section": "<section class='zhaiyao'>{lead}</section>",
    "in Chinese": "<div class='摘要'>{lead}</div>",
    "camel case": "<div class='ArticleSummary'>{lead}</div>",
    "itemprop": "<div itemprop='description'>{lead}</div>",
    "role": "<p role='doc-subtitle'>{lead}</p>",
    "testid": "<div data-testid='standfirst'><p>{lead}</p></div>",
    "list": "<ul class='summary'><li>{lead}</li></ul>",
    "list without a class": "<ul><li>{lead}</li></ul>",
    "table": "<table><tr><td class='Lead'>{lead}</td></tr></table>",
    "after the date": "<div class='time'>{date}</div><p class='desc'>{lead}</p>",
    "after the date, bare": "<span>{date}</span><h2>{lead}</h2>",
    "after date and author": (
        "<ul class='meta'><li>{author}</li><li>{date}</li></ul><p><i>{lead}</i></p>"
    ),
    "before the date": (
        "<p class='deck'>{lead}</p><p class='author'>{author}</p><time>{date}</time>"
    ),
    "between dates and shares": (
        "<div>{date}</div><div class='social-share'><a href='#f'>Facebook</a> {share}</div>"
        "<div>{lead}</div><div class='tools'><button>Aa</button><span>{share}</span></div>"
    ),
    "before other stories": (
        "<h2 class='sapo'>{lead}</h2><ul class='relate'><li><a href='/o.html'>{other}</a></li></ul>"
    ),
    "with other stories in its box": (
        "<div class='sapo'>{lead}<ul><li><a href='/o.html'>{other}</a></li></ul></div>"
    ),
    "with another story below a break": (
        "<p class='sapo'>{lead}<br><a href='/o.html'>&gt;&gt; {other}</a></p>"
    ),
    "after another story": (
        "<div class='box'><h3><a href='/o.html'>{other}</a></h3></div><p>{lead}</p>"
    ),
    "after a picture": (
        "<figure><img src='a.jpg'><figcaption>{caption}</figcaption></figure><p>{lead}</p>"
    ),
    "before a picture": ("<p>{lead}</p><div class='photo'><img src='a.jpg'><p>{caption}</p></div>"),
    "before a picture without names": (
        "<p class='desc'>{lead}</p><table><tr><td><img src='a.jpg'></td></tr>"
        "<tr><td>{caption}</td></tr></table>"
    ),
    "with a link in it": "<p class='desc'><a href='/t'>{lead_start}</a>{lead_end}</p>",
    "in a paragraph of the head": "<div class='article-meta'><p class='excerpt'>{lead}</p></div>",
    "with its place": "<p class='description'><span class='location-stamp'></span>{lead}</p>",
    "below a notice": "<div class='notice'>{share}</div><div class='txt'>{lead}</div>",
    "audio before it": (
        "<div class='audio-player'><audio src='a.mp3'></audio><span>0:00</span></div><p>{lead}</p>"
    ),
}

FRAMES = {
    "beside the headline": "<div class='main'><h1>{headline}</h1>{lead_part}{body_part}</div>",
    "in the header": (
        "<article><header><h1>{headline}</h1>{lead_part}</header>{body_part}</article>"
    ),
    "in its own row": (
        "<div class='top'><div class='col'><h1>{headline}</h1></div>"
        "<div class='col'>{lead_part}</div></div><div class='row'>{body_part}</div>"
    ),
}

PAGE = """<html lang="{language}"><head><meta charset="utf-8">
<title>{headline} - Site</title></head><body>
<nav><a href="/">Site</a> <a href="/s">{section}</a></nav>
<main><ul class="breadcrumb"><li><a href="/s">{section}</a></li></ul>{frame}
<div class="related"><h3>{section}</h3><a href="/o2.html">{other} (2)</a></div></main>
<footer><p>© Site 2026</p></footer></body></html>"""


def page(
    words: Words,
    language: str,
    lead_part: str,
    body_part: str = BODIES["named"],
    frame: str = FRAMES["beside the headline"],
) -> str:
    half = len(words.lead) // 4
    values = {
        **vars(words),
        "language": language,
        "lead_start": words.lead[:half],
        "lead_end": words.lead[half:],
        "body": "".join(f"<p>{paragraph}</p>" for paragraph in words.body),
    }
    parts = {
        "lead_part": lead_part.format(**values),
        "body_part": body_part.format(**values),
    }
    return PAGE.format(frame=frame.format(**values, **parts), **values)


def read(html: str) -> Article:
    return page_article(html, PAGE_OF_NOBODY)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("lead", LEADS)
def test_a_lead_is_once_before_the_body(lead: str, language: str) -> None:
    words = WORDS[language]
    # Each lead meets each frame, and all bodies are met.
    start = list(LEADS).index(lead) + list(WORDS).index(language)
    bodies = islice(cycle(BODIES.values()), start, None)
    for frame, body in zip(FRAMES.values(), bodies, strict=False):
        html = page(words, language, LEADS[lead], body, frame)
        text = read(html).text
        assert text.count(words.lead) == 1, html
        places = [text.find(part) for part in (words.lead, *words.body)]
        assert places == sorted(places), html
        assert -1 not in places, html
        for furniture in (words.other, words.caption, words.share, words.date):
            assert furniture not in text, html
        assert words.author not in text.split("\n"), html


def test_a_lead_that_the_body_repeats_is_there_once() -> None:
    for language, words in WORDS.items():
        for again in ("{lead}", "<b>{lead}</b>", "(Site) - {lead}", "SITE — {lead}"):
            body = f"<div class='content'><p>{again.format(lead=words.lead)}</p>{{body}}</div>"
            html = page(words, language, "<h2 class='sapo'>{lead}</h2>", body)
            article = read(html)
            assert article.text.count(words.lead) == 1, html
            assert article.text.index(words.lead) < article.text.index(words.body[0])


@pytest.mark.parametrize(
    "agency", ["(Miền Quê) - ", "MQO - ", "新华社青石10月12日电 ", "HUE (News) — "]
)
def test_the_agency_before_a_lead_stays(agency: str) -> None:
    for language, words in WORDS.items():
        text = read(page(words, language, f"<h2 class='sapo'>{agency}{{lead}}</h2>")).text
        assert f"{agency}{words.lead}" in text


def test_the_place_that_style_sets_apart_does_not_stick_to_the_lead() -> None:
    words = WORDS["vi"]
    stamp = "<p class='description'><span class='location-stamp'>An Giang</span>{lead}</p>"
    assert f"An Giang {words.lead}" in read(page(words, "vi", stamp)).text


def test_all_sentences_and_points_of_a_lead_are_kept_in_their_order() -> None:
    for language, words in WORDS.items():
        first, second, third = (paragraph[:70] for paragraph in words.body)
        points = f"<ul><li>{first}</li><li>{second}</li></ul><p>{third}</p><p>{{lead}}</p>"
        body = "<div class='content'>" + "<p>{section}: {author}. {share} {caption}</p>" * 3
        text = read(page(words, language, points, body + "</div>")).text
        places = [text.find(part) for part in (first, second, third, words.lead)]
        assert places == sorted(places)
        assert -1 not in places


@pytest.mark.parametrize("stated", ["description", "og:description", "json"])
def test_what_the_head_states_as_description_is_a_lead_whatever_its_names_are(stated: str) -> None:
    for language, words in WORDS.items():
        head = f'<meta name="{stated}" content="{words.lead}"></head>'
        if stated == "json":
            head = (
                '<script type="application/ld+json">{"@type": "NewsArticle", '
                f'"description": "{words.lead}"}}</script></head>'
            )
        html = page(words, language, "<div class='article-info'><span>{lead}</span></div>")
        assert words.lead in read(html.replace("</head>", head)).text


def test_a_description_that_the_page_does_not_show_is_no_text() -> None:
    for language, words in WORDS.items():
        head = f'<meta name="description" content="{words.lead}"></head>'
        html = page(words, language, "").replace("</head>", head)
        assert words.lead not in read(html).text


NO_LEADS = (
    "<p class='author'>{author}</p>",
    "<p>{date}</p>",
    "<div class='meta'><span>{author}</span> <span>{date}</span></div>",
    "<figure><img src='a.jpg'><figcaption>{caption}</figcaption></figure>",
    "<p><a href='/o.html'>{other}</a></p>",
    "<div class='share'>{share}</div>",
    "<ul><li><a href='/o.html'>{other}</a></li><li><a href='/p.html'>{other} (2)</a></li></ul>",
    "<div class='teaser'><h3><a href='/o.html'>{other}</a></h3><p>{lead}</p></div>",
    "<div><h3><a href='/o.html'>{other}</a></h3><p>{lead}</p></div>",
    "<aside><p>{lead}</p></aside>",
    "<div style='display:none'>{lead}</div>",
    "<form><label>{lead}</label><input></form>",
    "<button>{lead}</button>",
    "<img src='a.jpg' alt='{lead}'>",
    "<h2><a href='/o.html'>{lead}</a></h2>",
    "<div class='comment-count'>{lead}</div>",
)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("part", NO_LEADS)
def test_what_is_no_lead_stays_away(part: str, language: str) -> None:
    words = WORDS[language]
    text = read(page(words, language, part)).text
    for furniture in (words.lead, words.other, words.caption, words.share, words.date):
        assert furniture not in text, part


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("tag", ["p hidden", "noscript", "nav"])
def test_what_is_not_shown_and_what_is_a_menu_is_no_lead(tag: str, language: str) -> None:
    part = f"<{tag}><span>{{lead}}</span></{tag.split()[0]}>"
    assert WORDS[language].lead not in read(page(WORDS[language], language, part)).text


NOTICES = (
    "This article is more than 3 years old.",
    "Our products are selected by our editors; we may earn a commission on purchases.",
    "By Ann Lee in Hue and Tom Fox in Da Nang for the Delta Messenger",
    "Published 12 October 2026, 08:15, and updated on 13 October 2026",
    "Theo dõi Báo Miền Quê trên Google News để cập nhật tin mới nhất.",
    "Nghe bài viết này bằng giọng đọc nữ miền Nam do máy đọc tự động.",
    "本文共1200字，阅读需要3分钟，请耐心读完。",
    "来源：青石日报 作者：何晓梅 编辑：周海 责任校对：林一平",
    "您现在的位置：首页 > 新闻中心 > 社会新闻 > 正文内容浏览",
    "0123 456 789 - 0987 654 321 - 0912 345 678 - 0933 222 111",
)


@pytest.mark.parametrize("notice", NOTICES)
def test_what_a_page_says_of_itself_is_no_lead(notice: str) -> None:
    for language, words in WORDS.items():
        for part in (f"<p>{notice}</p>", f"<div>{notice}</div><h2 class='sapo'>{{lead}}</h2>"):
            assert notice not in read(page(words, language, part)).text


def test_a_lead_of_a_notices_words_is_kept_if_the_page_calls_it_a_lead() -> None:
    words = WORDS["en"]
    lead = "Anyone may share this article of clothing, says the owner of the smallest shop in Hue."
    html = page(words, "en", f"<p class='standfirst'>{lead}</p>")
    assert lead in read(html).text
