"""Short answers on the web page, in a real browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from api.app import create_app
from api.service import Answering
from embeddings import Encoder
from rag import Collection, ingest, make_article
from tests.e2e.test_page import ask, opened
from tests.waiting import PATIENCE_S, wait_until
from tests.year_reader import YearReader

pytestmark = pytest.mark.slow

QUESTION = "Cầu Bến Sông khánh thành năm nào?"

ARTICLES = {
    "agree": [
        make_article("🎌 Cầu <i>Bến Sông</i> khánh thành năm 2011.", key="one", title="Giao thông"),
    ],
    "disagree": [
        make_article(
            "Cầu Bến Sông khánh thành năm 2011 sau ba mùa khô thi công.",
            key="old",
            title="Cây cầu mới",
            source="Báo A",
            published_at="2019-01-05",
        ),
        make_article(
            "Theo ban quản lý, cầu Bến Sông được khánh thành vào năm 2012.",
            key="new",
            title="Lịch sử cây cầu",
            published_at="2024-03-02",
        ),
    ],
}


@pytest.fixture
def page(
    request: pytest.FixtureRequest,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    encoder: Encoder,
) -> Iterator[Page]:
    """The page over one of the collections, asked with a threshold."""
    name, abstain_below = request.param
    home = tmp_path_factory.mktemp("home")
    collection = Collection.open_or_create(home, name, encoder, YearReader())
    ingest(collection, ARTICLES[name])
    collection.close()
    app = create_app(home, encoder, name, Answering(abstain_below), reader=YearReader())
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        wait_until(lambda: server.started)
        with opened(browser, f"http://127.0.0.1:{listener.getsockname()[1]}") as page:
            yield page
        server.should_exit = True
        thread.join(PATIENCE_S)


@pytest.mark.parametrize("page", [("agree", 0)], indirect=True)
def test_the_short_answer_stands_above_its_quote_and_links_to_it(page: Page) -> None:
    ask(page, QUESTION)
    said = page.locator("#answer > :first-child")
    expect(said).to_have_text("2011 [1]")
    expect(said).to_have_attribute("lang", "vi")
    quote = page.locator("#answer p").first
    expect(quote).to_contain_text("Bến Sông")
    expect(page.locator(str(said.locator("a").get_attribute("href")))).to_contain_text("2011")
    sizes = [
        float(each.evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))
        for each in (said, quote)
    ]
    assert sizes[0] > sizes[1]


@pytest.mark.parametrize("page", [("disagree", 0)], indirect=True)
def test_a_disagreement_is_a_list_with_sources_and_dates(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("#answer > :first-child")).to_have_text("Các nguồn nói khác nhau:")
    lines = page.locator("#answer li")
    expect(lines).to_have_count(2)
    for place, (year, known) in enumerate(
        (("2012", "Lịch sử cây cầu · 2024-03-02"), ("2011", "Báo A · 2019-01-05"))
    ):
        expect(lines.nth(place)).to_contain_text(year)
        expect(lines.nth(place)).to_contain_text(known)
        target = lines.nth(place).locator("a").get_attribute("href")
        expect(page.locator(str(target))).to_contain_text(year)


@pytest.mark.parametrize("page", [("agree", 1)], indirect=True)
def test_an_abstention_says_so(page: Page) -> None:
    ask(page, QUESTION)
    expect(page.locator("#answer > :first-child")).to_have_text(
        "Bộ sưu tập không có câu trả lời cho câu hỏi này. Những đoạn gần nhất:"
    )
    expect(page.locator("#answer .short")).to_have_count(0)
    expect(page.locator("#answer p")).to_have_count(1)
