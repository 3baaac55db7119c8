"""The report of a run in a real browser."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from eval.evaluation.evaluate import evaluate_collection
from eval.gold.jsonl import read_jsonl
from eval.reports.report import html
from rag import Collection
from tests.conftest import GOLD
from tests.e2e.axe import violations
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page_file(sample: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    gold = read_jsonl(GOLD)
    # Questions are read with the reader, which takes a while for all of them.
    some = replace(gold, questions=gold.questions[::3])
    run = evaluate_collection(some, sample, "hybrid", lambda *_: nullcontext(lambda _: None))
    path = tmp_path_factory.mktemp("report") / "page.html"
    path.write_text(html([run]), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [360, 1200])
def test_a_report_is_whole_without_a_network(browser: Browser, page_file: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.set_default_timeout(PATIENCE_S * 1000)
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert wrong == []
    assert page.locator("table.heat").count() == 2
    assert page.locator("table.heat").first.locator("th + td, td + td").count() == 9
    assert page.locator("svg").count() == 3
    boxes = [plot.bounding_box() for plot in page.locator("svg").all()]
    assert all(box and 100 < box["width"] <= width for box in boxes)
    assert page.get_by_text("What the other columns mean").is_visible()
    opened = page.locator("details[open]")
    assert opened.count() == 3
    assert opened.first.locator("li").count() == 5
    assert violations(page) == []
    # Wide tables scroll by themselves, not the page.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
