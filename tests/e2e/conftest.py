"""What the tests of the web app share: a browser, servers, pages that report their errors."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from api.app import create_app
from api.service import Answering
from api.settings import Settings
from embeddings import Encoder
from reading import Reader
from tests.waiting import PATIENCE_S, wait_until

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

TAMNGU = Path(sys.executable).with_name("tamngu")

WIDE, NARROW = 1280, 360
"""Pixels of a window on a desk, and of one on a phone."""

HEIGHT = 800

Open = Callable[..., AbstractContextManager[Page]]


# As long as it is open an event loop runs in this thread, and other tests have loops of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, "--no-sandbox"]
        )
        # A machine that is busy shows things late.
        expect.set_options(timeout=PATIENCE_S * 1000)
        yield browser
        browser.close()


@pytest.fixture(params=[WIDE, NARROW])
def width(request: pytest.FixtureRequest) -> int:
    """Pixels; each test is run at both."""
    return int(request.param)


@contextmanager
def served(home: Path, collection: str, *options: str) -> Iterator[str]:
    """Run the service as a process of its own; give its address."""
    words: list[str | Path] = [TAMNGU, "serve", "--home", home, "-c", collection, "--port", "0"]
    words.extend(options)
    server = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    found = re.search(r"http://\S+", server.stdout.readline())
    assert found
    try:
        yield found[0]
    finally:
        server.terminate()
        server.communicate(timeout=PATIENCE_S)


@contextmanager
def in_thread(
    home: Path,
    encoder: Encoder,
    collection: str,
    reader: Reader | str | None = None,
    answering: Answering | None = None,
    settings: Settings | None = None,
) -> Iterator[str]:
    """Run the service in a thread, with a model that is loaded already; give its address."""
    app = create_app(home, encoder, collection, answering, settings, reader=reader)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        wait_until(lambda: server.started)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)


@contextmanager
def opened(
    browser: Browser,
    address: str,
    width: int = WIDE,
    locale: str = "en-GB",
    allowed: tuple[str, ...] = (),
    **options: str,
) -> Iterator[Page]:
    """Open a page in a window of its own, and see that it reports no error.

    Args:
        browser: real Chromium.
        address: of the page.
        width: of the window, in pixels.
        locale: the browser's first language.
        allowed: what reported errors may contain; the browser itself reports refused requests.
        options: further ones of the window, such as ``color_scheme``.
    """
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        locale=locale,
        reduced_motion="reduce",
        has_touch=width == NARROW,
        **options,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def on_console(said: ConsoleMessage) -> None:
        if said.type == "error":
            errors.append(f"{said.text} {said.location['url']}")

    page.on("console", on_console)
    page.goto(address)
    try:
        yield page
        overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    finally:
        context.close()
    assert [each for each in errors if not any(part in each for part in allowed)] == []
    assert overflow <= 0, "the page is wider than the window"


def ask(page: Page, question: str) -> None:
    """Ask a question, and wait until its whole answer is there."""
    page.get_by_role("textbox", name="question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator("article.turn h1")).to_have_text(question)
    expect(page.locator("article.turn")).to_have_attribute("aria-busy", "false")
