"""The interval between requests to one host."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime, formatdate
from itertools import pairwise

import pytest

from rag.fetching import Fetched, Fetcher, FetchError, FetchLimits
from rag.fetching.stoppable_wait import StoppableWait
from tests.integration.rag.fetching.fetches import fetch, fetched, refused
from tests.integration.rag.site import Page, Site, Visit, page, redirect
from tests.waiting import wait_until


@pytest.mark.slow
@pytest.mark.parametrize(("delay_s", "crawl_delay"), [(0.6, "0.1"), (0.0, "0.6")])
def test_requests_to_one_host_are_apart(site: Site, delay_s: float, crawl_delay: str) -> None:
    site.pages["/robots.txt"] = page(f"User-agent: *\nCrawl-delay: {crawl_delay}".encode())
    site.pages["/a"] = redirect("/b")
    site.pages["/b"] = page()
    # The time limit does not include the waiting.
    limits = FetchLimits(delay_s=delay_s, allow_private=True, timeout_s=1.0)
    with Fetcher(limits) as fetcher:
        fetcher.fetch(f"{site.root}/a")
        fetcher.fetch(f"{site.root}/b")
    times = [asked.at for asked in site.asked if asked.path != "/robots.txt"]
    assert len(times) == 3
    # They arrive a little earlier or later than the interval says.
    assert all(later - earlier > 0.5 for earlier, later in pairwise(times))


def test_other_hosts_need_not_wait(
    site: Site, outer: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(StoppableWait, "wait", lambda _, seconds: waited.append(seconds))
    site.pages["/a"] = outer.pages["/a"] = page()
    with Fetcher(FetchLimits(delay_s=20, allow_private=True)) as fetcher:
        fetcher.fetch(f"{site.root}/a")
        fetcher.fetch(f"{outer.root}/a")
    # For each host robots.txt, then the page; zeros are checks between the pieces of a body.
    assert [seconds > 0 for seconds in waited if seconds] == [False, True, False, True]


def busy(times: int, status: int, **headers: str) -> Page:
    left = times

    def answer(visit: Visit) -> None:
        nonlocal left
        left -= 1
        (page(b"", status, **headers) if left >= 0 else page())(visit)

    return answer


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("when", ["0", formatdate(0, usegmt=True)])
def test_a_busy_host_is_asked_again_twice(site: Site, status: int, when: str) -> None:
    site.pages["/a"] = busy(2, status, retry_after=when)
    assert fetched(f"{site.root}/a").content == b"<p>Hi"
    site.pages["/a"] = busy(3, status, retry_after=when)
    error = refused(f"{site.root}/a")
    assert str(error) == f"it answered {status}"
    assert error.temporary
    assert len(site.paths) == 6


@pytest.mark.slow
def test_a_busy_host_is_left_in_peace_for_as_long_as_it_asks(site: Site) -> None:
    site.pages["/a"] = busy(1, 429, retry_after="1")
    assert isinstance(fetch(f"{site.root}/a", timeout_s=0.9), Fetched)
    first, second = (asked.at for asked in site.asked if asked.path == "/a")
    assert second - first > 0.95


ELSEWHERE = datetime.now(timezone(timedelta(hours=-7))) + timedelta(hours=1)


@pytest.mark.parametrize(
    "when",
    [
        "31",
        "9" * 99,
        pytest.param(format_datetime(ELSEWHERE), id="elsewhere"),
        "-1",
        "soon",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ],
)
def test_a_host_that_is_busy_for_long_is_not_waited_for(site: Site, when: str) -> None:
    site.pages["/a"] = busy(1, 429, retry_after=when)
    assert str(refused(f"{site.root}/a")) == "it answered 429"
    assert len(site.paths) == 1


@pytest.mark.parametrize("waits_for", ["its turn", "a busy host", "a slow body"])
def test_waiting_ends_when_the_fetcher_is_stopped(
    site: Site, waits_for: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A wait that is not ended lasts for days.
    days_s = 1_000_000
    monkeypatch.setattr("rag.fetching.page_fetcher._MAX_RETRY_WAIT_S", days_s)
    site.pages["/a"] = (
        busy(1, 503, retry_after=str(days_s)) if waits_for == "a busy host" else page()
    )
    if waits_for == "a slow body":
        site.pages["/a"] = lambda visit: visit.trickle(b"x", 0.05)
    delay_s = days_s if waits_for == "its turn" else 0.0
    requests = 1 if waits_for == "its turn" else 2

    def stop() -> None:
        wait_until(lambda: len(site.asked) == requests)
        time.sleep(0.2)
        fetcher.stop()

    with Fetcher(FetchLimits(delay_s=delay_s, allow_private=True)) as fetcher:
        stopping = threading.Thread(target=stop)
        stopping.start()
        with pytest.raises(FetchError, match="it was stopped") as caught:
            fetcher.fetch(f"{site.root}/a")
        stopping.join()
        assert caught.value.temporary
        assert len(site.asked) == requests
        with pytest.raises(FetchError, match="it was stopped"):
            fetcher.fetch(f"{site.root}/a")
