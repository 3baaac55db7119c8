"""Read an article at the place that was cited."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from embeddings import Encoder
from rag import Collection, ingest, make_article
from tamngu.records.cut import Cut
from tests.e2e.conftest import ask, in_thread, opened

pytestmark = pytest.mark.slow

FIRST = "Cầu Bến Sông 🎌 khánh thành năm 2011."
LAST = "Cầu dài 300 m."
LONG = "\n".join([*("Một đoạn văn không liên quan gì đến câu hỏi." for _ in range(60)), FIRST])
QUESTION = "Cầu Bến Sông khánh thành năm nào?"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    collection = Collection.open_or_create(home, "default", encoder)
    ingest(
        collection,
        [
            make_article(
                f"{LONG}\n{LAST}",
                key="k",
                id="k",
                title="Giao thông",
                url="https://example.org/cau?a=1",
                published_at="2011-05-06",
                tags=["cầu"],
                pages=[0, len(LONG) - len(FIRST)],
                cut=[Cut("Trang chủ | Liên hệ", "page foot")],
            ),
            make_article(
                "桥于2011年通车，全长300米。",
                key="z",
                id="z",
                title="大桥",
                url="javascript:alert(1)",
            ),
        ],
    )
    collection.close()
    with in_thread(home, encoder, "default") as address:
        yield address


def test_a_citation_opens_the_article_at_its_quote_and_back_keeps_the_answer(
    browser: Browser, address: str, width: int
) -> None:
    with opened(browser, address, width) as page:
        asked: list[str] = []
        page.on("request", lambda each: asked.append(each.url) if "/v1/ask" in each.url else None)
        ask(page, QUESTION)
        page.locator(".quote").filter(has_text="khánh thành").get_by_role("link").click()
        here = page.locator("mark.here")
        expect(here).to_have_text(FIRST)
        expect(here).to_be_in_viewport()
        expect(here).to_be_focused()
        expect(page.locator(".article-head")).to_contain_text("page 2")
        expect(page.locator(".article-head time")).to_have_text("6 May 2011")
        original = page.get_by_role("link", name="Original page").get_attribute("href")
        assert original is not None
        assert original.startswith("https://example.org/cau?a=1#:~:text=C%E1%BA%A7u%20B")
        page.get_by_role("link", name="Back to the answer").click()
        expect(page.locator("article.turn h1")).to_have_text(QUESTION)
        assert len(asked) == 1


def test_one_citation_leads_to_the_next(browser: Browser, address: str, width: int) -> None:
    with opened(browser, address, width) as page:
        ask(page, QUESTION)
        page.locator(".quote").first.get_by_role("link").click()
        steps = page.get_by_role("navigation", name="Cited places")
        expect(steps).to_contain_text("Quote 1 of")
        first = str(page.locator("mark.here").text_content())
        steps.get_by_role("link", name="Next quote").click()
        expect(steps).to_contain_text("Quote 2 of")
        expect(page.locator("mark.here")).not_to_have_text(first)
        steps.get_by_role("link", name="Previous quote").click()
        expect(page.locator("mark.here")).to_have_text(first)


def test_what_was_cut_is_shown_on_demand(browser: Browser, address: str, width: int) -> None:
    with opened(browser, f"{address}/#/read?article=k", width) as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("Giao thông")
        line = page.get_by_text("Trang chủ | Liên hệ")
        expect(line).to_be_hidden()
        page.get_by_text("1 line of the page is left out").click()
        expect(line).to_be_visible()
        expect(page.locator(".reason")).to_have_text("page foot")
        page.locator("#locale").select_option("vi")
        expect(page.locator(".reason")).to_have_text("chân trang")


def test_an_address_that_is_none_of_the_web_is_no_link(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/#/read?article=z") as page:
        expect(page.locator(".article-head")).to_contain_text("javascript:alert(1)")
        assert page.locator("a[href^='javascript']").count() == 0
        expect(page.locator(".article-text")).to_have_attribute("lang", "zh-Hans")


def test_an_article_that_is_gone_is_said_to_be(browser: Browser, address: str) -> None:
    with opened(browser, f"{address}/#/read?article=nowhere", allowed=("404",)) as page:
        expect(page.get_by_role("alert")).to_contain_text("This does not exist, or no longer.")


def test_dates_and_quotation_marks_are_the_readers(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        ask(page, QUESTION)
        for locale, date, opening in (
            ("vi", "06/05/2011", "“"),
            ("zh-Hans", "2011年5月6日", "“"),
            ("zh-Hant", "2011年5月6日", "「"),
            ("en", "6 May 2011", "“"),
        ):
            page.locator("#locale").select_option(locale)
            quote = page.locator(".quote").filter(has_text="khánh thành")
            expect(quote.locator("time")).to_have_text(date)
            expect(quote.locator(".mark-open")).to_have_text(opening)
