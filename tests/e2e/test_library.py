"""The library: articles come, are changed, go, and come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from embeddings import Encoder
from rag import Collection, ingest, make_article
from tests.e2e.conftest import ask, in_thread, opened

pytestmark = pytest.mark.slow

PAGE = """<html><head><title>Cầu Bến Sông</title></head><body>
<nav><a href="/">Trang chủ</a> <a href="/lien-he">Liên hệ</a></nav>
<article><h1>Cầu Bến Sông</h1>
<p>Cầu Bến Sông khánh thành năm 2011 sau ba mùa khô thi công liên tục.</p>
<p>Cây cầu dài 300 mét, nối hai bờ của dòng sông chảy qua thị xã.</p></article></body></html>"""

QUESTION = "Cầu Bến Sông khánh thành năm nào?"


@pytest.fixture
def address(tmp_path: Path, encoder: Encoder) -> Iterator[str]:
    home = tmp_path / "home"
    collection = Collection.open_or_create(home, "default", encoder)
    ingest(collection, [make_article("东盟总部在雅加达。", key="a", title="秘书处", source="甲报")])
    collection.close()
    Collection.open_or_create(home, "other", encoder).close()
    with in_thread(home, encoder, "default") as address:
        yield address


def choose(page: Page, *files: tuple[str, str]) -> None:
    page.locator("input[type=file]").set_input_files(
        [FilePayload(name=name, mimeType="text/html", buffer=text.encode()) for name, text in files]
    )


def test_a_file_is_previewed_imported_and_found(browser: Browser, address: str, width: int) -> None:
    with opened(browser, address, width) as page:
        ask(page, QUESTION)
        page.get_by_role("navigation", name="Pages").get_by_role("link", name="Library").click()
        page.get_by_role("link", name="Add articles").click()
        choose(page, ("cau.html", PAGE), ("empty.html", "<html></html>"))
        page.get_by_role("button", name="Preview").click()
        preview = page.locator(".preview")
        expect(preview).to_contain_text("1 article would be stored")
        expect(preview).to_contain_text("new")
        rejections = preview.locator(".rejections")
        expect(rejections).to_contain_text("empty.html")
        for locale, reason in (("zh-Hant", "沒有文"), ("en", " no ")):
            page.locator("#locale").select_option(locale)
            expect(rejections).to_contain_text(reason)
        preview.get_by_text("What is kept").click()
        expect(preview.locator(".text")).to_contain_text("ba mùa khô")
        page.get_by_role("button", name="Add to the collection").click()
        job = page.locator(".job")
        expect(job).to_contain_text("done")
        expect(job).to_contain_text("1 added")
        expect(job.locator(".rejections")).to_contain_text("empty.html")
        page.get_by_role("link", name="Show the articles").click()
        expect(page.get_by_role("list", name="Articles")).to_contain_text("Cầu Bến Sông")
        page.get_by_role("navigation", name="Pages").get_by_role("link", name="Ask").click()
        # The answer from before is not shown again.
        expect(page.locator("article.turn h1")).to_have_text(QUESTION)
        expect(page.locator(".quote").first).to_contain_text("2011")


def test_an_article_is_edited(browser: Browser, address: str, width: int) -> None:
    with opened(browser, f"{address}/#/library", width) as page:
        page.get_by_role("button", name="Edit: 秘书处").click()
        dialog = page.get_by_role("dialog", name="Edit")
        dialog.get_by_label("Title").fill("东盟秘书处")
        dialog.get_by_label("Tags").fill("东盟， 雅加达")
        dialog.get_by_label("Date").fill("2020-11-25")
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
        row = page.get_by_role("list", name="Articles").get_by_role("listitem")
        expect(row).to_contain_text("东盟秘书处")
        expect(row).to_contain_text("25 November 2020")
        row.get_by_role("link").click()
        expect(page.get_by_role("list", name="Tags").get_by_role("listitem")).to_have_text(
            ["东盟", "雅加达"]
        )


def test_a_deleted_article_comes_back(browser: Browser, address: str, width: int) -> None:
    with opened(browser, f"{address}/#/library", width) as page:
        articles = page.get_by_role("list", name="Articles")
        page.get_by_role("button", name="Delete: 秘书处").click()
        expect(articles).to_be_empty()
        page.get_by_role("button", name="Undo").click()
        expect(articles).to_contain_text("秘书处")
        page.get_by_role("button", name="Delete: 秘书处").click()
        expect(articles).to_be_empty()
        page.get_by_role("link", name="Deleted", exact=True).click()
        page.get_by_role("button", name="Restore").click()
        expect(page.get_by_text("Nothing was deleted.")).to_be_visible()
        page.get_by_role("link", name="Articles", exact=True).click()
        expect(articles).to_contain_text("秘书处")


def test_a_feed_is_watched(browser: Browser, address: str, width: int) -> None:
    with opened(browser, f"{address}/#/library?tab=feeds", width) as page:
        page.get_by_label("Address of a feed").fill("https://example.org/rss")
        page.get_by_role("button", name="Watch", exact=True).click()
        feeds = page.get_by_role("list", name="Watched feeds")
        expect(feeds).to_contain_text("https://example.org/rss")
        page.locator("#collection").select_option("other")
        expect(page.get_by_text("No article is here.")).to_be_visible()
        page.get_by_role("link", name="Watched feeds").click()
        expect(page.get_by_text("No feed is watched.")).to_be_visible()
        page.locator("#collection").select_option("default")
        page.get_by_role("link", name="Watched feeds").click()
        page.get_by_role("button", name="Stop watching").click()
        expect(page.get_by_text("No feed is watched.")).to_be_visible()


def test_a_watched_question_tells_of_a_new_article(
    browser: Browser, address: str, width: int
) -> None:
    with opened(browser, f"{address}/#/alerts", width) as page:
        page.get_by_label("Question to watch").fill(QUESTION)
        page.get_by_role("button", name="Watch", exact=True).click()
        saved = page.get_by_role("region", name=QUESTION)
        expect(saved).to_contain_text("No new article has answered it so far.")
        page.get_by_role("navigation", name="Pages").get_by_role("link", name="Library").click()
        page.get_by_role("link", name="Add articles").click()
        choose(page, ("cau.html", PAGE))
        page.get_by_role("button", name="Add to the collection").click()
        expect(page.locator(".job")).to_contain_text("done")
        page.get_by_role("navigation", name="Pages").get_by_role("link", name="Alerts").click()
        expect(saved.locator(".alert blockquote")).to_contain_text("2011")
        saved.get_by_role("button", name="Mark as seen").click()
        expect(saved.locator(".alert.fresh")).to_have_count(0)
        # It is an alert of its own collection, whichever one is looked at.
        page.locator("#collection").select_option("other")
        expect(saved).to_contain_text("Collection: default")
        saved.locator(".alert").get_by_role("link").click()
        expect(page.locator("mark.here")).to_contain_text("2011")
