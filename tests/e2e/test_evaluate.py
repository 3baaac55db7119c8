"""Gold sets, runs, comparisons and feedback in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from embeddings import Encoder
from rag import Collection, ingest, make_article
from tests.e2e.conftest import ask, in_thread, opened

pytestmark = pytest.mark.slow

ARTICLES = {"bridge": "Cầu Bến Sông khánh thành năm 2011.", "seat": "东盟总部在雅加达。"}

# The second one names an article that does not answer it, so it fails.
GOLD = [
    {
        "id": "right",
        "question": "Cầu Bến Sông khánh thành năm nào?",
        "language": "vi",
        "relevant": [{"article_id": "bridge", "quote": "khánh thành năm 2011"}],
    },
    {
        "id": "wrong",
        "question": "东盟总部在哪里？",
        "language": "zh",
        "relevant": [{"article_id": "bridge", "quote": "khánh thành năm 2011"}],
    },
]


@pytest.fixture
def address(tmp_path: Path, encoder: Encoder) -> Iterator[str]:
    home = tmp_path / "home"
    collection = Collection.open_or_create(home, "default", encoder)
    ingest(
        collection,
        [make_article(text, key=name, id=name, title=name) for name, text in ARTICLES.items()],
    )
    collection.close()
    with in_thread(home, encoder, "default") as address:
        yield address


def start(page: Page, ranking: str, done: int) -> None:
    lines = "\n".join(map(json.dumps, GOLD)).encode()
    page.locator("input[type=file]").set_input_files(
        {"name": "gold.jsonl", "mimeType": "text/plain", "buffer": lines}
    )
    page.get_by_label("Ranking").select_option(ranking)
    page.get_by_role("button", name="Run", exact=True).click()
    runs = page.get_by_role("list", name="Runs").get_by_role("listitem")
    expect(runs.filter(has_text="done")).to_have_count(done)


def test_a_failed_question_is_opened_and_two_runs_are_compared(
    browser: Browser, address: str, width: int
) -> None:
    with opened(browser, f"{address}/#/evaluate", width) as page:
        start(page, "hybrid", 1)
        page.get_by_role("link", name="gold.jsonl").click()
        expect(page.locator(".figures")).to_contain_text("50%")
        heat = page.locator("table.heat")
        expect(heat.get_by_role("row", name="Question: Vietnamese")).to_contain_text("100%")
        failed = page.locator(".question-result")
        expect(failed).to_have_count(1)
        failed.locator("summary").click()
        rows = failed.locator("tbody tr")
        expect(rows.first).to_contain_text("seat")
        expect(failed.locator("tr.wanted")).to_contain_text("bridge")
        expect(failed.locator("th").filter(has_text="Sentence")).to_be_visible()
        page.locator("#locale").select_option("vi")
        expect(rows.first.locator("td").nth(2)).to_have_text(re.compile(r"^-?\d+,\d\d$"))
        expect(page.locator(".figures")).to_contain_text("0,750")
        page.locator("#locale").select_option("en")
        page.get_by_role("link", name="Runs").first.click()
        start(page, "bm25", 2)
        page.get_by_role("link", name="Compare").click()
        expect(page.locator(".figures")).to_contain_text("before: 50%")
        expect(page.locator("table.heat")).to_be_visible()
        selects = page.locator("main select")
        expect(selects.first).to_contain_text("hybrid")


def test_feedback_becomes_a_gold_set(browser: Browser, address: str, width: int) -> None:
    with opened(browser, address, width) as page:
        ask(page, GOLD[0]["question"])  # type: ignore[arg-type]
        page.get_by_role("button", name="Right").click()
        expect(page.locator(".feedback")).to_contain_text("Thank you")
        page.get_by_role("link", name="New question").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to know?")
        ask(page, "东盟总部在哪里？")
        page.get_by_role("button", name="Better passage…").click()
        seat = page.locator(".passages li").filter(has_text="雅加达")
        seat.get_by_role("button", name="This one answers better").click()
        expect(page.locator(".feedback")).to_contain_text("Thank you")
        page.goto(f"{address}/#/evaluate?tab=feedback")
        given = page.get_by_role("list", name="Feedback").get_by_role("listitem")
        expect(given).to_have_count(2)
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save as a gold set").click()
        lines = Path(saved.value.path()).read_text(encoding="utf-8").splitlines()
        relevant = {json.loads(line)["relevant"][0]["article_id"] for line in lines}
        assert relevant == {"bridge", "seat"}
        page.get_by_role("link", name="Runs").click()
        page.get_by_role("button", name="Run the feedback").click()
        runs = page.get_by_role("list", name="Runs").get_by_role("listitem")
        expect(runs.filter(has_text="done")).to_have_count(1)
        page.get_by_role("link", name="Feedback", exact=True).last.click()
        expect(page.locator(".figures")).to_contain_text("100%")
