"""Every page, light and dark, passes axe, and is large enough to hit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from embeddings import Encoder
from tests.e2e.axe import violations
from tests.e2e.conftest import NARROW, WIDE, ask, in_thread, opened

pytestmark = pytest.mark.slow

SMALLEST = 24
"""Pixels of a target, by WCAG 2.2 (2.5.8). Links within a text have the height of its lines."""

PLACES = (
    "ask",
    "search?q=ASEAN",
    "library",
    "library?tab=add",
    "library?tab=feeds",
    "library?tab=trash",
    "alerts",
    "evaluate",
    "evaluate?tab=compare",
    "evaluate?tab=feedback",
    "read?article=zh-hant-dongdiwen-jiaru-dongxie&start=0&end=40",
)


@pytest.fixture(scope="module")
def address(sample_home: Path, encoder: Encoder) -> Iterator[str]:
    with in_thread(sample_home, encoder, "sample") as address:
        yield address


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    expect(page.locator(".waiting")).to_have_count(0)


def small_targets(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """smallest => [...document.querySelectorAll(
            'button, summary, select, input:not([type=checkbox], [type=radio], .unseen), ' +
            '.tabs a, .chip, a.marker')]
          .filter(each => each.checkVisibility() && !each.closest('.unseen'))
          .map(each => [each.outerHTML.slice(0, 120), each.getBoundingClientRect()])
          .filter(([, box]) => box.width > 1 && (box.width < smallest || box.height < smallest))
          .map(([html, box]) => `${html} ${box.width} x ${box.height}`)""",
        SMALLEST,
    )
    return found


@pytest.mark.parametrize("window", [WIDE, NARROW])
def test_every_page_passes(browser: Browser, address: str, colours: str, window: int) -> None:
    with opened(browser, address, window, color_scheme=colours) as page:
        for place in PLACES:
            page.goto(f"{address}/#/{place}")
            settled(page)
            assert violations(page) == [], place
            assert small_targets(page) == [], place
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place


@pytest.mark.parametrize("window", [WIDE, NARROW])
def test_an_answer_with_all_unfolded_passes(
    browser: Browser, address: str, colours: str, window: int
) -> None:
    with opened(browser, address, window, color_scheme=colours, allowed=("422",)) as page:
        ask(page, "How many recommendations did Viet Nam accept?")
        for each in page.locator("details.folded > summary").all():
            each.click()
        page.get_by_role("button", name="Filters").click()
        page.get_by_label("Copy", exact=True).click()
        menu = page.locator(".tools .panel").bounding_box()
        assert menu
        assert menu["x"] >= 0
        assert menu["x"] + menu["width"] <= window
        settled(page)
        assert violations(page) == []
        assert small_targets(page) == []
        page.get_by_role("textbox", name="question").fill("???")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        assert violations(page) == []


def test_a_page_at_twice_its_size_is_whole(browser: Browser, address: str) -> None:
    # A window of 1280 pixels at 200 % has the room of one of 640, and of 320 at 400 %.
    for window in (640, 320):
        with opened(browser, address, window) as page:
            ask(page, "How many recommendations did Viet Nam accept?")
            expect(page.locator(".quote").first).to_be_visible()


def test_articles_are_read_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("link", name="read without it").click()
    page.get_by_role("link", name="東帝汶成為東協第十一個成員").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("東帝汶成為東協第十一個成員")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hant")
    expect(page.locator("main")).to_contain_text("第47屆東協峰會")
    context.close()
    with opened(browser, f"{address}/plain", NARROW, color_scheme="dark") as page:
        assert violations(page) == []
