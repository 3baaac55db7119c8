"""The page at /docs in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from embeddings import Encoder
from rag import Collection
from tests.e2e.axe import violations
from tests.e2e.conftest import opened, served

pytestmark = pytest.mark.slow


def test_routes_are_shown_found_and_opened_also_on_a_phone(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder
) -> None:
    home = tmp_path_factory.mktemp("home")
    Collection.open_or_create(home, "default", encoder).close()
    with served(home, "default") as address, opened(browser, f"{address}/docs") as page:
        expect(page.get_by_role("heading", name="questions", exact=True)).to_be_visible()
        page.get_by_label("Find a route").fill("facets")
        expect(page.get_by_role("status")).to_have_text("1 route")
        route = page.locator("#count_facets")
        route.locator("summary").press("Enter")
        expect(route.get_by_text("undated", exact=True)).to_be_visible()
        expect(route.get_by_text("zh-Hant").first).to_be_visible()
        expect(page.locator("#ask_question")).to_be_hidden()
        assert violations(page) == []
        page.set_viewport_size({"width": 360, "height": 640})
        page.get_by_label("Find a route").fill("")
        expect(page.locator("#ask_question")).to_be_visible()
        for each in page.locator("details").all():
            each.evaluate("element => { element.open = true }")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360
