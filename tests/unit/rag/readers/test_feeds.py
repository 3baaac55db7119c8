from __future__ import annotations

import gzip
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.readers.listing import Entry, is_listing, listed
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection
from tests.unit.rag.readers.reading import articles, read, reason

WHOLE = "<p>Lào gia nhập ASEAN năm 1997.</p><p>Lễ kết nạp ở Kuala Lumpur.</p>"

RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<!-- made by hand -->
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Báo</title>
<item><title>Lào &amp; ASEAN</title><link>/one</link><dc:creator>An</dc:creator>
<pubDate>Wed, 25 Nov 2020 20:36:00 +0700</pubDate><description>short</description>
<content:encoded><![CDATA[{WHOLE}]]></content:encoded></item>
<item><title>Teaser</title><link>https://a.example/two</link><description>short</description></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>报</title>
<entry><title>东盟</title><link href="https://a.example/one"/><id>urn:1</id>
<published>2020-11-25T20:36:00+08:00</published><updated>2020-11-26T08:00:00+08:00</updated>
<author><name>李明</name></author>
<content type="html">&lt;p&gt;东盟秘书处设在雅加达。&lt;/p&gt;</content></entry>
<entry><title>Nowhere</title><summary>x</summary></entry></feed>"""

SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc> https://a.example/one </loc><lastmod>2020-11-25</lastmod></url>
<url><loc>javascript:alert(1)</loc></url><url><loc>https://a.example/two</loc></url></urlset>"""


def test_looking_for_a_listing_behind_many_comments_is_no_riddle() -> None:
    def cpu_s(count: int) -> float:
        started = time.process_time()
        assert not is_listing(b"<!---->" * count + b"x")
        return time.process_time() - started

    # A pattern that tries all places where a comment may end takes four times as long for each two
    # comments more.
    few, many = (min(cpu_s(count) for _ in range(3)) for count in (12, 20))
    assert many < 20 * max(few, 0.001)
    assert not is_listing(b"<!---->" * 580 + b"x")
    assert is_listing(b"<!-- a -- b --><!---->" * 9 + b"<rss>")


def test_a_feed_names_pages_with_what_it_says_of_them() -> None:
    one, two = listed(RSS.encode(), "https://a.example/feed")
    assert one.url == "https://a.example/one"
    assert one.title == "Lào & ASEAN"
    assert one.published_at == "2020-11-25T20:36:00+07:00"
    assert (one.authors, one.html, one.is_whole) == (("An",), WHOLE, True)
    assert (two.url, two.is_whole, two.published_at) == ("https://a.example/two", False, None)


def test_an_atom_feed_says_when_a_page_changed() -> None:
    one, two = listed(ATOM.encode())
    assert one.published_at == "2020-11-25T20:36:00+08:00"
    assert one.stamp == "2020-11-26T08:00:00+08:00"
    assert two.url is None


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_sitemap_names_pages(pack: type[bytes]) -> None:
    data = pack(SITEMAP.encode())
    assert is_listing(data)
    assert listed(data) == [
        Entry("https://a.example/one", stamp="2020-11-25"),
        Entry("https://a.example/two"),
    ]


def test_a_scheme_in_capitals_is_the_same_address() -> None:
    data = b"<urlset><url><loc>HTTPS://News.example/A</loc></url></urlset>"
    assert [entry.url for entry in listed(data)] == ["https://News.example/A"]


def test_an_index_of_sitemaps_names_them() -> None:
    index = SITEMAP.replace("urlset", "sitemapindex").replace("url>", "sitemap>")
    assert [entry.url for entry in listed(index.encode())] == [
        "https://a.example/one",
        "https://a.example/two",
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><body><rss></body></html>",
        b"<!DOCTYPE html><p>a <feed> of words</p>",
        b"\x1f\x8bdamaged",
        b"plain",
    ],
)
def test_other_things_are_no_listings(data: bytes) -> None:
    assert data.startswith(b"\x1f") or not is_listing(data)
    with pytest.raises(ValueError, match=r"neither|damaged"):
        listed(data)


def test_a_feed_file_holds_the_entries_that_are_whole() -> None:
    one, two = read("a.rss", RSS)
    assert isinstance(one, Article)
    assert (one.title, one.authors) == ("Lào & ASEAN", ("An",))
    assert one.text == "Lào gia nhập ASEAN năm 1997.\n\nLễ kết nạp ở Kuala Lumpur."
    assert str(two) == (
        "a.rss entry 2: the feed has only a summary of it; "
        "`tamngu ingest --feed URL` fetches the page"
    )
    article, rejection = read("a.atom", ATOM)
    assert isinstance(article, Article)
    assert isinstance(rejection, Rejection)
    assert (article.url, article.language) == ("https://a.example/one", "zh")


def test_a_long_summary_is_taken_for_the_page() -> None:
    long = "Lào gia nhập ASEAN năm 1997 tại Kuala Lumpur. " * 6
    (article,) = articles("a.xml", f"<rss><channel><item><title>T</title><description>{long}"
                                   "</description></item></channel></rss>")  # fmt: skip
    assert article.text == long.strip()


def test_a_sitemap_as_a_file_says_what_to_do() -> None:
    assert "ingest its URL" in reason("sitemap.xml", SITEMAP)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaaaaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 20}">' for n in range(1, 9))
    + "]><rss><channel><item><title>&a8;</title></item></channel></rss>"
)


@pytest.mark.parametrize("data", ["<a/>", "<rss", "<rss></rss>", "<rss><channel/></rss>", BOMB])
def test_what_is_no_feed_is_rejected(data: str) -> None:
    for item in read("a.xml", data):
        assert isinstance(item, Rejection)
        assert "its parser failed" not in item.reason


@given(st.integers(0, len(RSS)), st.integers(0, len(RSS) - 1), st.characters(codec="utf-8"))
def test_a_damaged_feed_gives_no_error(end: int, place: int, character: str) -> None:
    data = (RSS[:place] + character + RSS[place + 1 :])[:end]
    for item in read("a.xml", data):
        assert isinstance(item, Article) or "its parser failed" not in item.reason
