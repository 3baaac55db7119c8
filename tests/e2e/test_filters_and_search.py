"""Filters with counts, and search by story."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from embeddings import Encoder
from tests.e2e.conftest import ask, in_thread, opened

pytestmark = pytest.mark.slow

QUESTION = "Which country joined ASEAN as its eleventh member?"


@pytest.fixture(scope="module")
def address(sample_home: Path, encoder: Encoder) -> Iterator[str]:
    with in_thread(sample_home, encoder, "sample") as address:
        yield address


def test_a_language_is_chosen_by_its_count_and_taken_back(
    browser: Browser, address: str, width: int
) -> None:
    with opened(browser, address, width) as page:
        page.get_by_role("button", name="Filters").click()
        languages = page.get_by_role("group", name="Language", exact=True)
        expect(languages.locator("label").filter(has_text="Vietnamese")).to_contain_text("13")
        languages.get_by_label("Vietnamese").check()
        page.get_by_role("button", name="Filters").click()
        ask(page, QUESTION)
        assert "language=vi" in page.url
        page.get_by_text("passages found").click()
        expect(page.locator(".passage .text:not([lang=vi])")).to_have_count(0)
        page.get_by_role("button", name="Remove the filter: Vietnamese").click()
        expect(page.locator("article.turn")).to_have_attribute("aria-busy", "false")
        page.get_by_text("passages found").click()
        expect(page.locator(".passage .text:not([lang=vi])").first).to_be_visible()


def test_filters_that_are_opened_at_once_wait_for_the_collections(
    browser: Browser, address: str
) -> None:
    late: list[Route] = []
    with opened(browser, address) as page:
        page.route("**/v1/collections", lambda route: late.append(route))
        page.reload()
        page.get_by_role("button", name="Filters").click()
        expect(page.locator("#filter-panel")).to_have_text("Loading…")
        for each in late:
            each.continue_()
        languages = page.get_by_role("group", name="Language", exact=True)
        expect(languages.locator("label").filter(has_text="Vietnamese")).to_contain_text("13")


def test_a_period_and_an_order_are_asked_for(browser: Browser, address: str, width: int) -> None:
    with opened(browser, address, width) as page:
        page.get_by_role("button", name="Filters").click()
        page.get_by_label("from").fill("2025-01-01")
        page.get_by_label("My question's language first").check()
        with page.expect_request("**/v1/ask") as asked:
            ask(page, QUESTION)
        body = asked.value.post_data_json
        assert body is not None
        assert body["published_from"] == "2025-01-01"
        assert body["prefer"] == "own"
        expect(page.get_by_role("list", name="Filters that are set")).to_contain_text(
            "1 January 2025"
        )


def test_results_are_stories_with_a_timeline_and_an_order(
    browser: Browser, address: str, width: int
) -> None:
    with opened(browser, f"{address}/#/search", width) as page:
        page.get_by_role("textbox", name="search").fill("Timor-Leste joins ASEAN")
        page.keyboard.press("Enter")
        stories = page.locator(".story")
        expect(stories.first).to_contain_text("Timor")
        expect(page.locator("#status")).to_contain_text("stories")
        years = page.locator(".timeline li").get_by_role("button")
        years.last.click()
        expect(years.last).to_have_attribute("aria-pressed", "true")
        dates = page.locator(".story > .passage time").evaluate_all(
            "all => all.map(each => each.dateTime.slice(0, 4))"
        )
        assert set(dates) == {"2025"}
        years.last.click()
        page.locator("#order").select_option("oldest")
        dates = page.locator(".story > .passage time").evaluate_all(
            "all => all.map(each => each.dateTime)"
        )
        assert dates == sorted(dates)
        assert "order=oldest" in page.url


def test_a_story_is_compared_across_languages(browser: Browser, address: str, width: int) -> None:
    search = f"{address}/#/search?q=Tô Lâm dự hội nghị thượng đỉnh Tương lai"
    with opened(browser, search, width, locale="vi-VN") as page:
        story = page.locator(".story").filter(has_text="Chuyến công tác đa phương").first
        story.get_by_role("button", name="So với bản: Tiếng Anh").click()
        sides = story.locator(".side")
        expect(sides).to_have_count(2)
        assert sides.evaluate_all("all => all.map(each => each.lang)") == ["vi", "en"]
        boxes = [sides.nth(place).bounding_box() for place in (0, 1)]
        assert boxes[0]
        assert boxes[1]
        beside = boxes[0]["y"] == boxes[1]["y"]
        assert beside == (width > 600)
        # Both are one story, so the other article is no result of its own.
        titles = page.locator(".story > .passage h2").all_text_contents()
        assert "Pact for the Future adopted as new Vietnamese leader makes UN debut" not in [
            title.strip() for title in titles
        ]
