"""The web page in a real browser."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from embeddings import Encoder
from rag import Collection, ingest, make_article
from tamngu.cli.demo import QUESTIONS
from tests.unit.rag.answering.chat_server import DONE, ChatServer, event
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

TAMNGU = Path(sys.executable).with_name("tamngu")

TEXT = (
    "🎌🎌 Lễ kết nạp diễn ra ở Bandar Seri Begawan. Việt Nam trở thành thành viên thứ bảy "
    "của ASEAN năm 1995. Chữ <b>đậm</b> và &lt;thẻ&gt;."
)


@contextmanager
def served(home: Path, collection: str, *options: str) -> Iterator[str]:
    """Run the service as a process of its own; give its address."""
    words: list[str | Path] = [TAMNGU, "serve", "--home", home, "-c", collection, "--port", "0"]
    words.extend(options)
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    found = re.search(r"http://\S+", server.stdout.readline())
    assert found
    yield found[0]
    server.terminate()
    server.communicate(timeout=PATIENCE_S)


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """Open the page, and see that it reports no error."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.goto(address)
    yield page
    page.close()
    # A refused question is logged by the browser itself; nothing else may be.
    assert [error for error in errors if "422" not in error] == []


@pytest.fixture(scope="module")
def page(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, encoder: Encoder
) -> Iterator[Page]:
    """The page over two articles that are hard to show right."""
    home = tmp_path_factory.mktemp("home")
    collection = Collection.open_or_create(home, "default", encoder)
    ingest(
        collection,
        [
            make_article(TEXT, key="k", title="<i>ASEAN</i>", published_at="1995-07-29"),
            make_article("东盟总部在雅加达。秘书长任期五年。", key="l", title="秘书处"),
        ],
    )
    collection.close()
    with served(home, "default") as address, opened(browser, address) as page:
        yield page


@pytest.fixture(scope="module")
def sample_page(browser: Browser, sample_home: Path) -> Iterator[Page]:
    with served(sample_home, "sample") as address, opened(browser, address) as page:
        yield page


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox").fill(question)
    page.get_by_role("button", name="Ask").click()


def test_the_quote_is_marked_to_the_character(page: Page) -> None:
    ask(page, "Việt Nam là thành viên thứ mấy của ASEAN?")
    marked = page.locator("mark").filter(has_text="thứ bảy")
    expect(marked).to_have_text("Việt Nam trở thành thành viên thứ bảy của ASEAN năm 1995.")
    # Emoji before the quote count one character each, and markup in articles stays text.
    expect(page.locator("#passages .text").first).to_have_text(TEXT)
    expect(page.locator("#passages h2").first).to_contain_text("<i>ASEAN</i>")
    expect(page.locator("#answer")).to_contain_text("thành viên thứ bảy")


@pytest.mark.parametrize("question", QUESTIONS)
def test_each_citation_links_to_its_quote(sample_page: Page, question: str) -> None:
    ask(sample_page, question)
    expect(sample_page.locator("#status")).to_contain_text("ms")
    lines = sample_page.locator("#answer p").all()
    assert lines
    for line in lines:
        link = line.locator("a").get_attribute("href")
        quote = sample_page.locator(str(link)).text_content()
        assert quote
        assert f"“{quote}”" in str(line.text_content())
    assert sample_page.locator("mark").count() == len(lines)


def test_a_new_question_replaces_the_answer(page: Page) -> None:
    ask(page, "东盟总部在哪里？")
    expect(page.locator("mark").filter(has_text="雅加达")).to_have_text("东盟总部在雅加达。")
    expect(page.locator("#status")).to_contain_text("zh")
    expect(page.locator("#answer p").first).to_contain_text("雅加达")


def test_a_refused_question_is_explained(page: Page) -> None:
    ask(page, "???")
    expect(page.locator("#status.error")).to_contain_text("The question is empty")
    expect(page.locator("#passages")).to_be_hidden()


def test_what_a_chat_model_wrote_is_shown_with_its_quotes(
    browser: Browser, sample_home: Path
) -> None:
    chat = ChatServer()
    chat.script = lambda send: send(event("The vote was in New York [1].", "stop") + DONE)
    question = "Ai được bầu vào Hội đồng Nhân quyền?"
    with (
        served(sample_home, "sample", "--chat", chat.address) as address,
        opened(browser, address) as page,
    ):
        ask(page, question)
        expect(page.locator("#status")).to_contain_text("some-model")
        line = page.locator("#answer p")
        expect(line).to_have_text("The vote was in New York. [1]")
        quote = page.locator(str(line.locator("a").get_attribute("href")))
        expect(quote).not_to_be_empty()
        chat.status = 500
        ask(page, question)
        expect(page.locator("#status")).to_contain_text("The chat model failed")
        expect(page.locator("#answer")).to_contain_text("“")
    chat.close()
