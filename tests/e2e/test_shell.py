"""What stands around the pages: navigation, languages, colours, collections, the key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Route, expect

from api.auth.store import KeyStore
from embeddings import Encoder
from eval.bench.service.web import visit
from rag import Collection, ingest, make_article
from tests.e2e.conftest import in_thread, opened

pytestmark = pytest.mark.slow

PAGES = ("ask", "search", "library", "alerts", "evaluate")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    home = tmp_path_factory.mktemp("home")
    for name, text in (("default", "东盟总部在雅加达。"), ("other", "Cầu Bến Sông dài 300 m.")):
        collection = Collection.open_or_create(home, name, encoder)
        ingest(collection, [make_article(text, key=name)])
        collection.close()
    return home


@pytest.fixture(scope="module")
def address(home: Path, encoder: Encoder) -> Iterator[str]:
    with in_thread(home, encoder, "default") as address:
        yield address


@pytest.mark.parametrize(
    ("browsers", "lang", "greeting"),
    [
        ("vi-VN", "vi", "Bạn muốn biết điều gì?"),
        ("zh-CN", "zh-Hans", "您想知道什么？"),
        ("zh-TW", "zh-Hant", "您想知道什麼？"),
        ("de-DE", "en", "What would you like to know?"),
    ],
)
def test_the_interface_speaks_the_browsers_language(
    browser: Browser, address: str, browsers: str, lang: str, greeting: str, width: int
) -> None:
    with opened(browser, address, width, browsers) as page:
        expect(page.locator("html")).to_have_attribute("lang", lang)
        expect(page.get_by_role("heading", level=1)).to_have_text(greeting)


def test_another_language_is_chosen_at_once_and_remembered(
    browser: Browser, address: str, width: int
) -> None:
    with opened(browser, address, width) as page:
        page.locator("#locale").select_option("zh-Hant")
        expect(page.get_by_role("heading", level=1)).to_have_text("您想知道什麼？")
        page.reload()
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
        expect(page.get_by_role("heading", level=1)).to_have_text("您想知道什麼？")


def test_traditional_chinese_has_other_fonts(browser: Browser, address: str) -> None:
    with opened(browser, address, locale="zh-TW") as page:
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        family = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
        assert "TC" in family
        assert "SC" not in family
        # A question that is typed is drawn in its own script, whatever that of the interface.
        box = page.get_by_role("textbox")
        for typed, tag in (("联合国大会", "zh-Hans"), ("聯合國大會", "zh-Hant"), ("Hỏi gì?", "vi")):
            box.fill(typed)
            expect(box).to_have_attribute("lang", tag)


def test_colours_are_chosen_and_remembered(browser: Browser, address: str, width: int) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    with opened(browser, address, width) as page:
        light = page.evaluate(colour)
        page.get_by_label("Settings").click()
        page.get_by_label("Dark").check()
        dark = page.evaluate(colour)
        assert dark != light
        page.reload()
        assert page.evaluate(colour) == dark


def test_all_pages_are_reached(browser: Browser, address: str, width: int) -> None:
    with opened(browser, address, width) as page:
        links = page.get_by_role("navigation", name="Pages").get_by_role("link")
        expect(links).to_have_count(len(PAGES))
        for place, name in enumerate(PAGES):
            links.nth(place).click()
            expect(links.nth(place)).to_have_attribute("aria-current", "page")
            expect(page.locator(f"main.page-{name} h1")).to_be_attached()


def test_another_collection_is_asked(browser: Browser, address: str, width: int) -> None:
    with opened(browser, address, width) as page:
        page.locator("#collection").select_option("other")
        page.get_by_role("textbox", name="question").fill("Cầu Bến Sông dài bao nhiêu?")
        page.keyboard.press("Enter")
        expect(page.locator(".quote").first).to_contain_text("300 m")
        assert "collection=other" in page.url


def test_a_service_with_keys_asks_for_one(
    browser: Browser, tmp_path: Path, encoder: Encoder, width: int
) -> None:
    collection = Collection.open_or_create(tmp_path, "default", encoder)
    ingest(collection, [make_article("东盟总部在雅加达。", key="a")])
    collection.close()
    store = KeyStore(tmp_path)
    secret = store.create("reader", ["read"], None)[1]
    store.close()
    with (
        in_thread(tmp_path, encoder, "default") as address,
        opened(browser, address, width, allowed=("401",)) as page,
    ):
        dialog = page.get_by_role("dialog", name="Sign in")
        expect(dialog).to_be_visible()
        for no_key in ("tmg_wrong", "khóa"):
            dialog.get_by_label("Key").fill(no_key)
            dialog.get_by_role("button", name="Sign in").click()
            expect(dialog).to_contain_text("does not know that key")
            expect(dialog.get_by_label("Key")).to_have_value("")
        late: list[Route] = []

        def hold_the_first(route: Route) -> None:
            if late:
                route.continue_()
            else:
                late.append(route)

        page.route("**/v1/questions", hold_the_first)
        dialog.get_by_label("Key").fill("tmg_unknown")
        with page.expect_request("**/v1/questions"):
            dialog.get_by_role("button", name="Sign in").click()
        expect(dialog).to_contain_text("does not know that key")
        dialog.get_by_label("Key").fill(secret)
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog).to_have_count(0)
        expect(page.locator(".holds")).to_be_visible()
        # What is refused late was asked with an earlier key: the good one stays.
        with page.expect_response(lambda response: response.status == 401):
            late[0].continue_()
        page.wait_for_timeout(100)
        expect(dialog).to_have_count(0)
        # The key is in this tab alone, and in no address.
        assert page.evaluate("sessionStorage.getItem('tamngu.key')") == secret
        assert page.evaluate("Object.values(localStorage).join()").find(secret) < 0
        assert secret not in page.url
        assert page.evaluate("document.cookie") == ""
        page.reload()
        expect(page.locator(".holds")).to_be_visible()
        expect(dialog).to_have_count(0)
        page.get_by_label("Settings").click()
        page.get_by_role("button", name="Sign out").click()
        assert page.evaluate("sessionStorage.getItem('tamngu.key')") is None


def test_files_are_fetched_once(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        page = client.get("/")
        tag = page.headers["etag"]
        assert page.headers["cache-control"] == "no-cache"
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        assert client.get("/", headers={"If-None-Match": tag}).status_code == 304
        script = page.text.split('<script type="module" src="')[1].split('"')[0]
        sent = client.get(script)
        assert "immutable" in sent.headers["cache-control"]
        again = client.get(script, headers={"If-None-Match": sent.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get("/assets/0/app.js").status_code == 404


def test_the_whole_app_is_small_and_comes_from_the_service_alone(
    browser: Browser, address: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    expect(page.locator(".holds")).to_be_visible()
    for name in PAGES:
        page.goto(f"{address}/#/{name}")
        expect(page.locator(f"main.page-{name} h1")).to_be_attached()
    assert all(url.startswith(address) for url in asked)
    context.close()


def test_a_visit_is_measured_and_sends_little(browser: Browser, address: str) -> None:
    figures = visit(browser, address)
    assert figures.first_paint > 0
    assert figures.interactive > 0
    assert 30_000 < figures.sent < 300_000
