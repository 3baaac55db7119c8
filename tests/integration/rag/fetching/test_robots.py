"""The rules of robots.txt."""

from __future__ import annotations

import pytest

from rag.fetching import Fetcher, FetchError, FetchLimits
from rag.fetching.guarded_backend import GuardedBackend
from rag.fetching.http_client import HttpClient
from rag.fetching.robots import Robots
from rag.fetching.stoppable_wait import StoppableWait
from rag.fetching.time_limit import TimeLimit
from rag.fetching.urls import checked_url
from tests.integration.rag.fetching.fetches import MIB, fetched, peak_below, refused
from tests.integration.rag.site import Site, Visit, page, redirect


def test_robots_allow_and_disallow_with_wildcards(site: Site) -> None:
    site.pages["/robots.txt"] = page(
        b"User-Agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /\n\n"
        b"User-agent: TAMNGU/9.9 # us\nDisallow: /*.pdf$\nDisallow: /in/\nAllow: /in/*/open\n"
    )
    site.pages.update(dict.fromkeys(["/a.pdf", "/in/x", "/in/x/open", "/a.pdfs", "/a"], page()))
    with Fetcher(FetchLimits(delay_s=0, allow_private=True)) as fetcher:
        for path in ("/in/x/open", "/a.pdfs", "/a"):
            fetcher.fetch(f"{site.root}{path}")
        for path in ("/a.pdf", "/in/x"):
            with pytest.raises(FetchError, match=r"robots\.txt does not allow") as caught:
                fetcher.fetch(f"{site.root}{path}")
            assert not caught.value.temporary
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/in/x/open", "/a.pdfs", "/a"]


def test_the_rules_for_all_hold_for_us_where_there_are_none_of_our_own(site: Site) -> None:
    site.pages["/robots.txt"] = page(b"\xef\xbb\xbfUser-agent: *\nDisallow: /a\n\nUser-agent: Tam")
    site.pages["/a"] = page()
    refused(f"{site.root}/a")
    site.pages["/robots.txt"] = page(b"User-agent: Tam\nDisallow: /")
    fetched(f"{site.root}/a")


@pytest.mark.parametrize("status", [204, 301, 401, 404, 410])
def test_a_site_without_robots_allows_all(site: Site, status: int) -> None:
    site.pages["/robots.txt"] = page(b"", status)
    site.pages["/a"] = page()
    assert fetched(f"{site.root}/a").content == b"<p>Hi"


@pytest.mark.parametrize("status", [500, 503])
def test_a_site_whose_robots_fail_is_left_alone_for_now(site: Site, status: int) -> None:
    site.pages["/robots.txt"] = page(b"", status)
    site.pages["/a"] = page()
    with Fetcher(FetchLimits(delay_s=0, allow_private=True)) as fetcher:
        for _ in range(2):
            with pytest.raises(FetchError, match=rf"robots\.txt.*{status}") as caught:
                fetcher.fetch(f"{site.root}/a")
            assert caught.value.temporary
    assert [asked.path for asked in site.asked] == ["/robots.txt"]


def test_robots_may_redirect_five_times(site: Site) -> None:
    for i in range(5):
        site.pages[f"/r{i}"] = redirect(f"/r{i + 1}")
    site.pages["/robots.txt"] = redirect("/r1")
    site.pages["/r5"] = page(b"User-agent: *\nDisallow: /a")
    site.pages["/a"] = page()
    assert "robots.txt does not allow" in str(refused(f"{site.root}/a"))
    site.pages["/robots.txt"] = redirect("/r0")
    fetched(f"{site.root}/a")


def test_only_the_beginning_of_large_robots_is_read(site: Site) -> None:
    def endless(visit: Visit) -> None:
        visit.start()
        visit.send(b"User-agent: *\nDisallow: /in\n")
        visit.trickle(b"Allow: /a\n" * 1000, 0)

    site.pages["/robots.txt"] = endless
    site.pages["/a"] = page()
    with Fetcher(FetchLimits(delay_s=0, allow_private=True, max_bytes=99)) as fetcher:
        fetcher.fetch(f"{site.root}/a")
        with pytest.raises(FetchError, match=r"robots\.txt does not allow it"):
            fetcher.fetch(f"{site.root}/in")


def test_robots_of_many_agents_and_many_rules_do_not_fill_the_memory(site: Site) -> None:
    agents = b"".join(b"User-agent: a%d\n" % i for i in range(3000))
    site.pages["/robots.txt"] = page(agents + b"".join(b"Allow: /%d\n" % i for i in range(3000)))
    site.pages["/a"] = page()
    with peak_below(20 * MIB):
        fetched(f"{site.root}/a")


@pytest.mark.parametrize(("asked", "given_s"), [("2.5", 2.5), ("3600", 30.0), ("x", 0.0)])
def test_a_crawl_delay_is_kept_to_within_reason(site: Site, asked: str, given_s: float) -> None:
    site.pages["/robots.txt"] = page(f"User-agent: *\nCrawl-delay: {asked}".encode())
    client = HttpClient(GuardedBackend(is_allowed=lambda _: True), StoppableWait())
    robots = Robots(client, interval_s=0.0)
    assert robots.interval_s(checked_url(f"{site.root}/a"), TimeLimit(5.0)) == given_s
    client.close()
