"""Short answers in a real browser, with a reader whose answers are known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from api.service import Answering
from embeddings import Encoder
from rag import Collection, ingest, make_article
from tests.e2e.conftest import in_thread, opened
from tests.year_reader import YearReader

pytestmark = pytest.mark.slow

QUESTION = "Cầu Bến Sông khánh thành năm nào?"

ARTICLES = {
    "agree": [
        make_article("🎌 Cầu <i>Bến Sông</i> khánh thành năm 2011.", key="one", title="Giao thông"),
    ],
    "corroborated": [
        make_article("Cầu Bến Sông khánh thành năm 2011.", key="one", title="Giao thông"),
        make_article("The Ben Song bridge (cầu Bến Sông) opened in 2011.", key="two", title="Ben"),
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
    width: int,
) -> Iterator[Page]:
    """The page over one of the collections, asked with a threshold."""
    name, abstain_below = request.param
    home = tmp_path_factory.mktemp("home")
    collection = Collection.open_or_create(home, name, encoder, YearReader())
    ingest(collection, ARTICLES[name])
    collection.close()
    answering = Answering(abstain_below)
    with (
        in_thread(home, encoder, name, YearReader(), answering) as address,
        opened(browser, address, width, locale="vi-VN") as page,
    ):
        yield page


def asked(page: Page) -> None:
    page.get_by_role("textbox", name="Câu hỏi").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("article.turn")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize("page", [("agree", 0)], indirect=True)
def test_the_short_answer_stands_above_its_quote_and_links_to_it(page: Page) -> None:
    asked(page)
    said = page.locator(".short").first
    expect(said.locator("bdi")).to_have_text("2011")
    expect(said.locator("bdi")).to_have_attribute("lang", "vi")
    quote = page.locator(".quote").first
    expect(quote).to_contain_text("Bến Sông")
    sizes = [
        float(each.evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))
        for each in (said, quote)
    ]
    assert sizes[0] > sizes[1]
    said.get_by_role("link").click()
    expect(page.locator("mark.here")).to_contain_text("2011")


@pytest.mark.parametrize("page", [("corroborated", 0)], indirect=True)
def test_what_several_languages_say_is_said(page: Page) -> None:
    asked(page)
    expect(page.locator(".corroborated")).to_have_text(
        "2 bài viết cùng nói như vậy, bằng nhiều ngôn ngữ: Tiếng Việt và Tiếng Anh"
    )
    expect(page.locator(".short").first.get_by_role("link")).to_have_count(2)


@pytest.mark.parametrize("page", [("disagree", 0)], indirect=True)
def test_a_disagreement_is_a_list_with_sources_and_dates(page: Page) -> None:
    asked(page)
    expect(page.locator(".verdict .lead")).to_have_text("Các nguồn nói khác nhau:")
    lines = page.locator(".disagreement li")
    expect(lines).to_have_count(2)
    for place, (year, known) in enumerate(
        (("2012", ("Lịch sử cây cầu", "02/03/2024")), ("2011", ("Báo A", "05/01/2019")))
    ):
        expect(lines.nth(place)).to_contain_text(year)
        for each in known:
            expect(lines.nth(place)).to_contain_text(each)
    lines.nth(1).get_by_role("link").click()
    expect(page.locator("mark.here")).to_contain_text("2011")


@pytest.mark.parametrize("page", [("agree", 1)], indirect=True)
def test_an_abstention_says_so_and_offers_the_nearest_passages(page: Page) -> None:
    asked(page)
    expect(page.locator(".abstained .short")).to_have_text(
        "Bộ sưu tập không có câu trả lời cho câu hỏi này."
    )
    expect(page.locator("#status")).to_have_text("Bộ sưu tập không có câu trả lời cho câu hỏi này.")
    expect(page.get_by_role("heading", name="Những đoạn gần nhất")).to_be_visible()
    expect(page.locator(".quote")).to_have_count(1)
