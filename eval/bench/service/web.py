"""Measure the web app after a start of the service: its page in Chromium, and the first answers."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import httpx

from eval.bench.computing_time import computing_s
from eval.bench.errors import BenchFailed
from eval.bench.place import Place
from eval.bench.service.server_process import serving, wait_until_ready

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_QUESTIONS = 20
"""Questions that are asked after each start. The first of them is another one each time."""

_VISITS = 3
"""Visits of the page after each start, each with an empty cache."""

_TIMEOUT_S = 120
"""Of one answer, and of one visit."""

_WATCH = """
const seen = new MutationObserver(() => {
  if (document.querySelector("#question") === null) return;
  seen.disconnect();
  // A turn of the event loop later, nothing keeps the box from taking what is typed.
  setTimeout(() => { window.interactiveAt = performance.now(); });
});
seen.observe(document, { childList: true, subtree: true });
"""
"""Runs before the page: notes when the question box can be used, in ms from the visit's start."""

_FIGURES = """() => {
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  const fetched = [...performance.getEntriesByType("navigation"),
                   ...performance.getEntriesByType("resource")];
  return [paint && paint.startTime, window.interactiveAt,
          fetched.reduce((sum, each) => sum + each.encodedBodySize, 0)];
}"""
"""Milliseconds to the first paint and until the box can be used, and bytes as they were sent."""


@dataclass(frozen=True)
class _Took:
    """What an answer took, in milliseconds.

    Attributes:
        passed: time that passed.
        computed: time that the service computed; 0 without /proc.
    """

    passed: float
    computed: float


@dataclass(frozen=True)
class Visit:
    """A visit of the page, with an empty cache.

    Attributes:
        first_paint: milliseconds until something is drawn.
        interactive: milliseconds until a question can be typed.
        sent: bytes of all that was fetched, compressed, without headers.
    """

    first_paint: float
    interactive: float
    sent: int


@dataclass
class _Seen:
    """What was measured in all starts.

    Attributes:
        ready: seconds from the start of the process until the service was ready.
        first: the answer to the question that was the first after a start, by its number.
        later: answers to a question that came later, by its number.
        visits: of the page.
    """

    ready: list[float] = field(default_factory=list)
    first: dict[int, _Took] = field(default_factory=dict)
    later: dict[int, list[_Took]] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)


def measure(
    home: Path, name: str, questions: Sequence[str], starts: int, log: Callable[[str], None]
) -> dict[str, Any]:
    """Return the figures of ``tamngu bench web``.

    The service is started ``starts`` times. As soon as it says that it is ready it is asked, one
    question after the other, as the app asks: for a stream of events, until that ends. Then
    Chromium visits the page, each time with an empty cache.

    Each question is the first after one start at most, and a later one after the others.
    ``first_to_later`` compares the questions that were first with the medians of what the same ones
    took later, all together; on a busy machine ``computed_first_to_later`` says more.

    Args:
        home: folder of the collection.
        name: of the collection.
        questions: to ask.
        starts: of the service.
        log: gets a line on each step.

    Raises:
        BenchFailed: Chromium or playwright is missing, the service did not start, or a request
            failed.
    """
    number = max(starts, min(_QUESTIONS, len(questions)))
    if number > len(questions):
        raise BenchFailed(f"{starts} starts need as many questions; there are {len(questions)}.")
    asked = Random(0).sample(questions, number)
    seen = _Seen()
    with _chromium() as browser:
        for start in range(starts):
            log(f"Start {start + 1} of {starts}.")
            began = time.perf_counter()
            with serving(Place("--home", str(home)), name) as server:
                try:
                    with httpx.Client(base_url=server.address, timeout=_TIMEOUT_S) as client:
                        wait_until_ready(client)
                        seen.ready.append(time.perf_counter() - began)
                        _ask(client, server.pid, asked, start, seen)
                except httpx.HTTPError as error:
                    reason = error or type(error).__name__
                    raise BenchFailed(f"A request failed: {reason}.") from error
                for _ in range(_VISITS):
                    seen.visits.append(visit(browser, server.address))
    return _figures(seen)


def _figures(seen: _Seen) -> dict[str, Any]:
    later = [took for each in seen.later.values() for took in each]
    return {
        "starts": len(seen.ready),
        "ready_s": round(statistics.median(seen.ready), 1),
        "first_answer_ms": round(statistics.median(took.passed for took in seen.first.values()), 1),
        "later_answers_ms": round(statistics.median(took.passed for took in later), 1),
        "first_to_later": _ratio(seen, lambda took: took.passed),
        "computed_first_to_later": _ratio(seen, lambda took: took.computed),
        "visits": len(seen.visits),
        **_quantiles("first_paint", [visit.first_paint for visit in seen.visits]),
        **_quantiles("interactive", [visit.interactive for visit in seen.visits]),
        "sent_kb": round(max(visit.sent for visit in seen.visits) / 1000, 1),
    }


def _quantiles(name: str, milliseconds: Sequence[float]) -> dict[str, int]:
    middle, most = statistics.median(milliseconds), max(milliseconds)
    return {f"{name}_ms": round(middle), f"{name}_max_ms": round(most)}


def _ratio(seen: _Seen, part: Callable[[_Took], float]) -> float | None:
    """Return how many times the later answers to the same questions the first answers took."""
    later = sum(statistics.median(map(part, seen.later[each])) for each in seen.first)
    return round(sum(map(part, seen.first.values())) / later, 2) if later else None


def _ask(client: httpx.Client, pid: int, questions: Sequence[str], first: int, seen: _Seen) -> None:
    """Ask all questions, beginning with one of them."""
    order = [*range(first, len(questions)), *range(first)]
    for number in order:
        body = {"question": questions[number]}
        before, began = computing_s(pid), time.perf_counter()
        response = client.post("/v1/ask", json=body, headers={"Accept": "text/event-stream"})
        passed, after = time.perf_counter() - began, computing_s(pid)
        response.raise_for_status()
        computed = 0.0 if before is None or after is None else after - before
        took = _Took(1000 * passed, 1000 * computed)
        if number == first:
            seen.first[number] = took
        else:
            seen.later.setdefault(number, []).append(took)


def visit(browser: Browser, address: str) -> Visit:
    """Open the page at an address with an empty cache, and wait until all of it is there."""
    context = browser.new_context()
    context.set_default_timeout(1000 * _TIMEOUT_S)
    page = context.new_page()
    page.add_init_script(_WATCH)
    # The pages beside the first one are fetched when nothing else is to do; they count as sent.
    page.goto(address, wait_until="networkidle")
    page.wait_for_function("window.interactiveAt !== undefined")
    figures = Visit(*page.evaluate(_FIGURES))
    context.close()
    return figures


@contextmanager
def _chromium() -> Iterator[Browser]:
    """Start Chromium: the one of this machine, or the one that playwright has installed.

    Raises:
        BenchFailed: the machine has no Chromium, or playwright is not installed.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise BenchFailed("The browser is driven by playwright: pip install playwright") from None
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except Error as error:
            reason = str(error).strip().splitlines()[0]
            raise BenchFailed(f"Chromium does not start: {reason}") from error
        try:
            yield browser
        finally:
            browser.close()
