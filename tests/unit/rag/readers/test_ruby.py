from __future__ import annotations

import pytest

from rag.readers.pages.html_text import html_text
from rag.readers.pages.readable import readable
from tests.unit.rag.readers.reading import articles
from tests.unit.rag.readers.test_books_and_messages import CHAPTER, book

RUBY = [
    ("<ruby>渡<rt>dù</rt>口<rt>kǒu</rt></ruby>冷清", "渡口冷清"),
    ("<ruby>渡口<rp>(</rp><rt>dù kǒu</rt><rp>)</rp></ruby>冷清", "渡口冷清"),
    ("<ruby>渡<rp>（<rt>ㄉㄨˋ<rp>）</ruby><ruby>口<rt>ㄎㄡˇ</ruby>冷清", "渡口冷清"),
    ("<ruby><rb>渡</rb><rb>口</rb><rt>dù</rt><rt>kǒu</rt></ruby>冷清", "渡口冷清"),
    ("<ruby><rb>渡<rb>口<rtc><rt>dù<rt>kǒu</rtc><rtc>ferry</rtc></ruby>冷清", "渡口冷清"),
    ("<ruby>\n  渡<rt>dù</rt>\n  口<rt>kǒu</rt>\n</ruby>冷清", "渡口冷清"),
    ("<RUBY class=x>渡口<RT>dù kǒu</RT></RUBY>冷清", "渡口冷清"),
    ("<ruby>ferry<rt>渡口</rt></ruby> at rest", "ferry at rest"),
    ("<ruby><ruby>渡<rt>dù</rt></ruby>口<rt>ferry</rt></ruby>冷清", "渡口冷清"),
]
MORE = (
    "<p>大桥通车以后，渡口逐渐冷清下来，渡船被卖给下游的一家公司，改作水上餐厅使用，直到今天。</p>"
)


@pytest.mark.parametrize(("html", "text"), RUBY)
def test_readings_are_no_part_of_the_text(html: str, text: str) -> None:
    assert html_text(f"<p>{html}</p>") == text
    (article,) = articles("a.epub", book(**{"OPS/hai.xhtml": CHAPTER.format(title="", text=html)}))
    assert text in article.text
    (article,) = articles("a.md", f"# Title\n\nA line: {html.replace(chr(10), '')}\n")
    assert article.text.replace("  ", "").endswith(text)


@pytest.mark.parametrize(("html", "text"), RUBY)
def test_pages_have_no_readings_in_text_and_title(html: str, text: str) -> None:
    page = (
        f"<html><head></head><body><article><h1>{html}</h1><p>{html}。{MORE}{MORE}</article></body>"
    )
    (article,) = articles("a.html", page)
    assert f"{text}。" in article.text
    assert article.title == text


def test_readings_in_brackets_of_plain_text_stay() -> None:
    (article,) = articles("a.txt", "他走到渡口（dùkǒu）边。｜渡口《とせん》は静かだ。")
    assert article.text == "他走到渡口（dùkǒu）边。｜渡口《とせん》は静かだ。"


def test_line_ends_of_the_source_are_nothing_between_han_characters() -> None:
    assert (
        html_text("<p>渡口由镇上的两位船\n   工看守</p><p>two\nwords</p>")
        == "渡口由镇上的两位船工看守\n\ntwo words"
    )
    assert "船\n工" in readable("<pre>船\n工</pre><p>渡\n口</p>")
    assert "渡口" in readable("<pre>船\n工</pre><p>渡\r\n口</p>")
