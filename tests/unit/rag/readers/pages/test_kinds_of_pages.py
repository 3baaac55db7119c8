"""Pages as certain programs write them: by-lines, labels, captions and invitations are no text."""

from __future__ import annotations

import pytest

from rag.readers.pages.html import page_article
from tamngu.records.article import Article
from tests.unit.rag.readers.test_readers import PAGE_OF_NOBODY

STORY_VI = (
    "<p>Xóm chài dựng lại cầu ván sau trận lụt, dài hơn cầu cũ năm mét.</p>"
    "<p>Bà Sáu Lành góp hai cây tràm và nấu cơm cho thợ suốt ba ngày.</p>"
)
STORY_ZH = (
    "<p>镇上的桥昨天修好了，行人和自行车都可以通过，汽车还要等三天。</p>"
    "<p>修桥的师傅说，旧木板换了一半，钉子全部换新。</p>"
)
STORY_HANT = (
    "<p>村裡的橋昨天修好了，行人和單車都可以通過，汽車還要等三天。</p>"
    "<p>修橋的師傅說，舊木板換了一半，釘子全部換新。</p>"
)


def read(body: str, head: str = "") -> Article:
    html = f"<html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"
    return page_article(html, PAGE_OF_NOBODY)


@pytest.mark.parametrize(
    ("by_line", "authors"),
    [
        ("<span class='byline'>Bởi <a rel='author' href='/a'>Hải Vân</a></span>", ("Hải Vân",)),
        ("<span class='author'>By Nora Quill</span>", ("Nora Quill",)),
        ("<div class='author-time'>Thứ hai, 2/3/2026, 05:00 (GMT+7)</div>", ()),
    ],
)
def test_authors_are_names_without_what_stands_before_them(
    by_line: str, authors: tuple[str, ...]
) -> None:
    article = read(f"<article><h1>Cầu ván mới</h1>{by_line}<div>{STORY_VI}</div></article>")
    assert tuple(article.authors) == authors
    assert article.text.endswith("suốt ba ngày.")


def test_labels_in_small_print_belong_to_the_line_that_says_who_and_when() -> None:
    article = read(
        "<div class='title'><h2>小镇的桥修好了</h2></div><div class='info'><small>时间:</small>"
        "2026-03-05 09:12<small>来源:</small>江边晚报<small>作者:</small>孙小河"
        f"<small>点击:</small>21次</div><div class='content'>{STORY_ZH}</div>"
    )
    assert article.source == "江边晚报"
    assert (article.published_at or "").startswith("2026-03-05")
    assert not any(word in article.text for word in ("点击", "作者", "孙小河", "21次"))
    assert article.text.endswith("钉子全部换新。")


def test_an_entry_of_wechat_is_from_its_account_and_without_its_invitations() -> None:
    article = read(
        "<div id='js_article'><h1 id='activity-name'>桥修好了</h1><div id='meta_content'>"
        "<span>原创</span><span><a id='js_name'>桥边小报</a></span>"
        "<em id='publish_time'>2026年3月2日 18:00</em><em>广东</em></div>"
        f"<div id='js_content'><p>点击上方蓝字关注我们</p>{STORY_ZH}</div></div>",
        "<meta property='og:site_name' content='微信公众平台'>",
    )
    assert article.source == "桥边小报"
    assert "蓝字" not in article.text
    assert "广东" not in article.text
    assert article.text.endswith("钉子全部换新。")


@pytest.mark.parametrize(
    "line",
    [
        "▲舊橋的木板堆在岸邊。（圖／村民提供）",
        "▲ 橋上的孩子。（記者林小橋攝）",
        "△新桥。（受访者供图）",
    ],
)
def test_captions_among_the_paragraphs_are_cut(line: str) -> None:
    article = read(f"<article><h1>橋修好了</h1>{STORY_HANT}<p>{line}</p>{STORY_HANT[:0]}</article>")
    assert line[2:5] not in article.text
    assert "釘子全部換新" in article.text


@pytest.mark.parametrize(
    "line",
    [
        "Người đăng: Út Lan vào lúc 06:12 Gửi email bài đăng này Không có nhận xét nào:",
        "Posted by Nell at 10:41 PM No comments:",
        "張貼者： 小橋 於 上午6:12 沒有留言:",
    ],
)
def test_who_posted_an_entry_and_when_is_cut(line: str) -> None:
    article = read(f"<div class='post'><h3>Cầu ván</h3>{STORY_VI}<div>{line}</div></div>")
    assert "06:12" not in article.text
    assert line[:9] not in article.text


@pytest.mark.parametrize(
    "line",
    [
        "▲ 10 điểm so với hôm trước là mức tăng của chỉ số, theo sở giao dịch (ảnh hưởng nhẹ).",
        "Người đăng ký sớm nhất đến lúc 5 giờ sáng, theo ban tổ chức lễ hội.",
        "点击上方按钮以后，机器开始运转，工人再检查一遍。",
    ],
)
def test_sentences_of_a_story_with_such_words_stay(line: str) -> None:
    article = read(f"<article><h1>Cầu ván mới</h1>{STORY_VI}<p>{line}</p>{STORY_VI}</article>")
    assert line[:8] in article.text
