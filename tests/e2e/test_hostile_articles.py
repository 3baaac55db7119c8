"""Hostile articles are shown as text, and break nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from embeddings import Encoder
from rag import Collection, ingest, make_article
from tests.e2e.conftest import ask, in_thread, opened

pytestmark = pytest.mark.slow

SCRIPT = "<script>document.title='pwned'</script><img src=x onerror=document.title='pwned'>"
OVERRIDE = "\u202egnirts desrever\u2066"
STORM = "e" + "\u0301\u0316\u0334" * 200
HEBREW = "הגשר נחנך בשנת 2011."
ESCAPES = "\x1b[31mred\x1b]0;title\x07"

ARTICLES = {
    "script": f"Cầu Một khánh thành năm 2011. {SCRIPT}",
    "override": f"Cầu Hai khánh thành năm 2012. {OVERRIDE} Hết.",
    "storm": f"Cầu Ba khánh thành năm 2013. {STORM}",
    "hebrew": f"Cầu Bốn khánh thành năm 2014. {HEBREW}",
    "escapes": f"Cầu Năm khánh thành năm 2015. {ESCAPES}",
    "line": "Cầu Sáu khánh thành năm 2016. " + "khôngdấucách" * 1500,
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    collection = Collection.open_or_create(home, "default", encoder)
    ingest(
        collection,
        [
            make_article(
                text,
                key=name,
                id=name,
                title=f"{SCRIPT}{OVERRIDE}",
                source=SCRIPT,
                tags=[SCRIPT[:80]],
                url="javascript:document.title='pwned'",
            )
            for name, text in ARTICLES.items()
        ],
    )
    collection.close()
    with in_thread(home, encoder, "default") as address:
        yield address


def test_nothing_of_an_article_is_run_or_leaves_its_place(
    browser: Browser, address: str, width: int
) -> None:
    with opened(browser, address, width) as page:
        ask(page, "Cầu Một khánh thành năm nào?")
        page.get_by_text("passages found").click()
        expect(page.locator(".passage").first).to_contain_text("<script>")
        assert page.locator("main script, main img").count() == 0
        page.get_by_role("button", name="Filters").click()
        expect(page.get_by_role("group", name="Source", exact=True)).to_contain_text("<script>")
        page.goto(f"{address}/#/library")
        rows = page.get_by_role("list", name="Articles").get_by_role("listitem")
        expect(rows).to_have_count(len(ARTICLES))
        expect(rows.first).to_contain_text("<script>")
        assert page.title() == "Library · Tamngu"


@pytest.mark.parametrize("name", ARTICLES)
def test_each_article_is_read(browser: Browser, address: str, name: str, width: int) -> None:
    with opened(browser, f"{address}/#/read?article={name}&start=0&end=29", width) as page:
        here = page.locator("mark.here")
        expect(here).to_contain_text("khánh thành năm 20")
        expect(here).to_be_in_viewport()
        # The words of the app beside those of the article keep their order.
        expect(page.get_by_role("link", name="Back")).to_be_visible()
        assert "Article" in page.title()
        assert page.locator("a[href^='javascript']").count() == 0


def test_of_a_line_of_a_megabyte_the_part_around_the_quote_is_shown(
    browser: Browser, address: str
) -> None:
    with opened(browser, address) as page:
        app = page.locator("script[type=module]").get_attribute("src")
        shown = page.evaluate(
            """async app => {
              const module = app.replace("app.js", "read/paragraphs.js");
              const { part, paragraphs } = await import(module);
              // Each flag has two UTF-16 units; the place begins between the two of one of them.
              const text = "🎌".repeat(500_000);
              const around = part(text, 700_001, { before: 0, after: 0 });
              const mark = { start: 700_000, end: 700_010, name: "here" };
              const [only] = paragraphs(text, around, [mark], []);
              const pieces = only.pieces.map((each) => each.text);
              return {
                here: only.pieces.find((each) => each.name === "here").text,
                whole: pieces.join("").length,
                torn: pieces.some((each) => !each.isWellFormed()),
              };
            }""",
            app,
        )
        assert shown["here"] == "🎌" * 5
        assert shown["whole"] < 100_000
        assert not shown["torn"]
