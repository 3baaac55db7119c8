"""Ask a question, read the answer, ask on: in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from embeddings import Encoder
from rag import Collection, ingest, make_article
from tamngu.cli.demo import QUESTIONS
from tests.e2e.conftest import NARROW, ask, in_thread, opened, served
from tests.unit.rag.answering.chat_server import DONE, ChatServer, event

pytestmark = pytest.mark.slow

TEXT = (
    "🎌🎌 Lễ kết nạp diễn ra ở Bandar Seri Begawan. Việt Nam trở thành thành viên thứ bảy "
    "của ASEAN năm 1995. Chữ <b>đậm</b> và &lt;thẻ&gt;."
)
REFUSED = ("422",)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    """The service over two articles that are hard to show right."""
    home = tmp_path_factory.mktemp("home")
    collection = Collection.open_or_create(home, "default", encoder)
    ingest(
        collection,
        [
            make_article(TEXT, key="k", id="k", title="<i>ASEAN</i>", published_at="1995-07-29"),
            make_article("东盟总部在雅加达。秘书长任期五年。", key="l", id="l", title="秘书处"),
        ],
    )
    collection.close()
    with in_thread(home, encoder, "default") as address:
        yield address


@pytest.fixture(scope="module")
def sample_address(sample_home: Path) -> Iterator[str]:
    with served(sample_home, "sample") as address:
        yield address


def test_quotes_and_passages_are_shown_to_the_character(
    browser: Browser, address: str, width: int
) -> None:
    with opened(browser, address, width) as page:
        ask(page, "Việt Nam là thành viên thứ mấy của ASEAN?")
        quote = page.locator(".quote blockquote").filter(has_text="thứ bảy").first
        expect(quote).to_have_text("“Việt Nam trở thành thành viên thứ bảy của ASEAN năm 1995.”")
        expect(quote).to_have_attribute("lang", "vi")
        page.get_by_text("passages found").click()
        passage = page.locator(".passage").filter(has_text="Bandar").first
        # Emoji before the quote count one character each, and markup in articles stays text.
        expect(passage.locator(".text")).to_have_text(TEXT)
        expect(passage.locator("mark").first).to_have_text(
            "Việt Nam trở thành thành viên thứ bảy của ASEAN năm 1995."
        )
        expect(passage.get_by_role("heading")).to_have_text("<i>ASEAN</i>")


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_short_answer_comes_first_and_its_quote_leads_to_the_article(
    browser: Browser, sample_address: str, question: str, width: int
) -> None:
    with opened(browser, sample_address, width) as page:
        ask(page, question)
        short = page.locator(".short").first
        quote = page.locator(".quote").first
        boxes = [each.bounding_box() for each in (short, quote)]
        assert boxes[0]
        assert boxes[1]
        assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
        text = str(quote.locator("blockquote").text_content())[1:-1]
        said = str(short.locator("bdi").text_content())
        assert said in text
        expect(quote.locator("strong")).to_have_text(said)
        # What is not unfolded takes three screens of a phone at most.
        assert page.evaluate("document.documentElement.scrollHeight") <= 3 * 800
        quote.get_by_role("link").click()
        here = page.locator("mark.here")
        expect(here).to_have_text(text)
        expect(here).to_be_in_viewport()


def test_the_question_box_stays_in_sight(browser: Browser, sample_address: str) -> None:
    with opened(browser, sample_address, NARROW) as page:
        ask(page, QUESTIONS[0])
        page.get_by_text("passages found").click()
        page.mouse.wheel(0, 2000)
        expect(page.get_by_role("textbox", name="question")).to_be_in_viewport()


def test_the_wait_says_what_is_done_and_can_be_ended(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        # The service never answers this one.
        page.route("**/v1/ask", lambda _: None)
        page.get_by_role("textbox", name="question").fill("Ai?")
        page.keyboard.press("Enter")
        expect(page.locator(".waiting")).to_contain_text("passages…")
        page.get_by_role("button", name="Stop").click()
        expect(page.locator(".waiting")).to_have_count(0)
        expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to know?")


def test_a_refused_question_is_explained(browser: Browser, address: str, width: int) -> None:
    with opened(browser, address, width, allowed=REFUSED) as page:
        page.get_by_role("textbox", name="question").fill("???")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("The question has no words to search for.")
        page.locator("#locale").select_option("vi")
        expect(page.get_by_role("alert")).to_have_text("Câu hỏi không có từ nào để tìm.")


def test_a_follow_up_belongs_to_its_thread_and_back_goes_back(
    browser: Browser, address: str, width: int
) -> None:
    with opened(browser, address, width) as page:
        ask(page, "东盟总部在哪里？")
        page.get_by_role("link", name="New question").click()
        history = page.get_by_role("region", name="Asked on this device")
        expect(history).to_contain_text("1 question is kept in this browser only. Forget them")
        history.get_by_role("link").click()
        expect(page.locator(".took")).to_have_text(re.compile(r"^\d+\.\d\d s$"))
        ask(page, "秘书长任期几年？")
        earlier = page.get_by_role("list").filter(has_text="东盟总部在哪里？")
        expect(earlier).to_be_visible()
        page.go_back()
        expect(page.locator("article.turn h1")).to_have_text("东盟总部在哪里？")
        # It is there at once: nothing is asked again.
        expect(page.locator(".quote").first).to_contain_text("雅加达")
        page.get_by_role("link", name="New question").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to know?")
        expect(history.get_by_role("link")).to_have_count(2)
        expect(history).to_contain_text("2 questions are kept")
        # A number of which the end is cut off would be another number.
        for answer in history.locator(".answer").all():
            assert answer.evaluate("e => e.scrollWidth <= e.clientWidth")
        page.get_by_role("button", name="Forget them").click()
        expect(history).to_have_count(0)


def test_what_comes_late_does_not_move_the_history(
    browser: Browser, sample_address: str, width: int
) -> None:
    """A link that moves between press and release of the button is not followed."""
    late: list[Route] = []
    with opened(browser, sample_address, width) as page:
        ask(page, "东盟总部在哪里？")
        page.route(re.compile(r"/v1/(collections|suggestions)"), lambda route: late.append(route))
        page.get_by_role("link", name="New question").click()
        history = page.get_by_role("region", name="Asked on this device")
        expect(history).to_be_visible()
        expect(page.locator(".holds")).to_have_count(0)
        place = history.bounding_box()
        assert late
        page.unroute_all()
        expect(page.locator(".holds")).to_be_visible()
        expect(page.locator(".suggestion").first).to_be_visible()
        assert history.bounding_box() == place


# Types as soon as the box is there, as somebody does on a machine that is slow to draw.
TYPED_AT_ONCE = """(link) => new Promise((done) => {
    const type = (box) => {
        box.value = "Hà Nội";
        box.dispatchEvent(new Event("input", { bubbles: true }));
        setTimeout(done, 500);
    };
    const seen = document.getElementById("question");
    if (seen === null) new MutationObserver((_, watch) => {
        const box = document.getElementById("question");
        if (box === null) return;
        watch.disconnect();
        type(box);
    }).observe(document.body, { childList: true, subtree: true });
    link.click();
    if (seen !== null) type(seen);
})"""


def test_what_is_typed_while_the_page_changes_is_kept(
    browser: Browser, address: str, width: int
) -> None:
    with opened(browser, address, width) as page:
        ask(page, "东盟总部在哪里？")
        box = page.get_by_role("textbox", name="question")
        page.get_by_role("link", name="New question").evaluate(TYPED_AT_ONCE)
        expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to know?")
        expect(box).to_have_value("Hà Nội")
        expect(box).to_be_focused()
        for name in ("Search", "Ask"):
            page.goto(f"{address}/#/library")
            expect(box).to_have_count(0)
            page.get_by_role("navigation").get_by_role("link", name=name).evaluate(TYPED_AT_ONCE)
            expect(page.locator("#question")).to_have_value("Hà Nội")


def test_a_link_opens_the_question_again(browser: Browser, address: str, width: int) -> None:
    with opened(browser, address, width) as page:
        ask(page, "东盟总部在哪里？")
        link = page.url
        # The server never sees the question in an address.
        assert "#" in link.split("%E4")[0]
    with opened(browser, link, width) as page:
        expect(page.locator(".quote").first).to_contain_text("雅加达")


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ("As text", r"\[1\] “东盟总部在雅加达。”\n秘书处"),
        ("As Markdown", r"\*\*东盟总部在哪里？\*\*[^>]*> 东盟总部在雅加达。"),
        ("Sources as BibTeX", r"@online\{l,\n  title = \{\{秘书处\}\},"),
        ("Link to this question", r"^http://127\.0\.0\.1:\d+/#/ask\?q=%E4"),
    ],
)
def test_an_answer_is_copied(browser: Browser, address: str, form: str, wanted: str) -> None:
    with opened(browser, address) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        ask(page, "东盟总部在哪里？")
        page.get_by_label("Copy", exact=True).click()
        page.get_by_role("button", name=form).click()
        expect(page.get_by_label("Copy", exact=True)).to_have_text("Copied")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert re.search(wanted, copied), copied


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
        expect(page.locator(".written")).to_have_text("The vote was in New York. 1")
        expect(page.locator(".verdict")).to_contain_text("some-model")
        page.locator(".written a").click()
        expect(page.locator("mark.here")).not_to_be_empty()
        chat.status = 500
        page.reload()
        page.get_by_role("link", name="Back to the answer").click()
        expect(page.locator(".notice")).to_contain_text("The chat model failed")
        page.locator("#locale").select_option("zh-Hant")
        expect(page.locator(".notice")).to_contain_text("對話模型出錯")
        expect(page.locator(".quote").first).to_contain_text("「")
    chat.close()


def test_the_answer_is_announced(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        ask(page, "Việt Nam là thành viên thứ mấy của ASEAN?")
        expect(page.locator("#status")).to_contain_text(re.compile("Answer: |sentences say most"))


def press_until(page: Page, name: str, key: str = "Tab", most: int = 60) -> None:
    """Press a key until what is focused has a name."""
    for _ in range(most):
        page.keyboard.press(key)
        label = page.evaluate(
            "document.activeElement.getAttribute('aria-label') || document.activeElement.innerText"
        )
        if name in str(label):
            return
    raise AssertionError(f"{name!r} is not reached")


def test_all_is_done_with_the_keyboard(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        expect(page.get_by_role("textbox", name="question")).to_be_focused()
        page.get_by_role("heading", level=1).click()
        page.keyboard.press("/")
        page.keyboard.type("东盟总部在哪里？")
        page.keyboard.press("Enter")
        expect(page.locator("article.turn")).to_have_attribute("aria-busy", "false")
        press_until(page, "Read quote 1")
        page.keyboard.press("Enter")
        expect(page.locator("mark.here")).to_be_focused()
        press_until(page, "Back to the answer", "Shift+Tab")
        page.keyboard.press("Enter")
        expect(page.locator("article.turn h1")).to_have_text("东盟总部在哪里？")
