from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime, formatdate
from itertools import pairwise
from pathlib import Path

import httpcore
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fetching import Fetched, Fetcher, FetchError, FetchLimits, NotModified
from rag.fetching.content import decoded
from rag.fetching.guarded_backend import GuardedBackend, Resolve, resolve_host
from rag.fetching.pauses import Pauses
from rag.fetching.robots import Robots
from rag.fetching.time_limit import TimeLimit
from rag.fetching.urls import checked_url
from rag.fetching.wire import Wire
from tests.integration.site import Page, Site, Visit, page, redirect

MIB = 2**20
SSL_CONTEXT = httpx.create_ssl_context()
INNER, OUTER = "127.0.0.1", "127.0.0.2"
"""In tests on addresses, the second plays the public Internet."""


@pytest.fixture(autouse=True)
def _one_ssl_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the system's certificates once: it takes longer than most of these tests."""
    monkeypatch.setattr(httpx, "create_ssl_context", lambda: SSL_CONTEXT)


@pytest.fixture
def site() -> Iterator[Site]:
    serving = Site()
    yield serving
    serving.close()


@pytest.fixture
def outer() -> Iterator[Site]:
    serving = Site(OUTER)
    yield serving
    serving.close()


def is_outer(address: str) -> bool:
    return address == OUTER


def fetch(
    url: str,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    backend: httpcore.NetworkBackend | None = None,
    most_bytes: int = MIB,
    timeout_s: float = 5.0,
    delay_s: float = 0.0,
) -> Fetched | NotModified:
    limits = FetchLimits(
        most_bytes=most_bytes, timeout_s=timeout_s, delay_s=delay_s, allow_private=backend is None
    )
    with Fetcher(limits, backend=backend) as fetcher:
        return fetcher.fetch(url, etag=etag, last_modified=last_modified)


def fetched(
    url: str, *, backend: httpcore.NetworkBackend | None = None, most_bytes: int = MIB
) -> Fetched:
    outcome = fetch(url, backend=backend, most_bytes=most_bytes)
    assert isinstance(outcome, Fetched)
    return outcome


def refused(
    url: str,
    *,
    backend: httpcore.NetworkBackend | None = None,
    most_bytes: int = MIB,
    timeout_s: float = 5.0,
) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, backend=backend, most_bytes=most_bytes, timeout_s=timeout_s)
    reason = str(caught.value)
    assert 0 < len(reason) < 300
    assert "\n" not in reason
    return caught.value


# What a page comes back as


def test_a_page_comes_with_what_its_server_says(site: Site) -> None:
    site.pages["/old"] = redirect("/a?q=1#middle")
    site.pages["/a"] = page(
        "Việt".encode(),
        content_type='Text/HTML; a=b; Charset="UTF-8"',
        etag='W/"1"',
        last_modified="Tue, 01 Apr 2025 00:00:00 GMT",
    )
    assert fetched(f"{site.root}/old#top") == Fetched(
        url=f"{site.root}/a?q=1",
        content="Việt".encode(),
        content_type="text/html",
        charset="utf-8",
        etag='W/"1"',
        last_modified="Tue, 01 Apr 2025 00:00:00 GMT",
    )


def test_a_request_says_who_asks_and_brings_nothing_along(site: Site) -> None:
    site.pages["/a"] = redirect("/b")
    site.pages["/b"] = page(set_cookie="a=b")
    limits = FetchLimits(delay_s=0, allow_private=True)
    with Fetcher(limits) as fetcher:
        fetcher.fetch(f"{site.root}/a")
        fetcher.fetch(f"{site.root}/b")
    for asked in site.asked:
        headers = dict(asked.headers)
        assert headers.pop("user-agent").startswith("Tamngu/")
        assert headers == {
            "host": site.root.removeprefix("http://"),
            "accept": "*/*",
            "accept-encoding": "gzip, deflate",
            "connection": "close",
        }


def test_proxies_of_the_environment_are_not_used(
    site: Site, outer: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, outer.root)
    site.pages["/a"] = page()
    assert fetched(f"{site.root}/a").content == b"<p>Hi"
    assert outer.asked == []


@pytest.mark.parametrize(
    ("header", "content_type", "charset"),
    [
        ("", None, None),
        (";charset=big5", None, "big5"),
        ("text/html; charset=", "text/html", None),
        ("text/html, text/plain; charset=GBK", "text/html", "gbk"),
        ("application/rss+xml ; charset='x\"; charset", "application/rss+xml", "x"),
        ("text/html; charset*=utf-8''%ff", "text/html", None),
        ("text/html; charset=<b>", "text/html", None),
    ],
)
def test_odd_content_types_are_read(
    site: Site, header: str, content_type: str | None, charset: str | None
) -> None:
    site.pages["/a"] = page(content_type=header)
    outcome = fetched(f"{site.root}/a")
    assert (outcome.content_type, outcome.charset) == (content_type, charset)


def conditional(visit: Visit) -> None:
    same = visit.headers.get("if-none-match") == '"7"'
    same = same or visit.headers.get("if-modified-since") == "Tue, 01 Apr 2025 00:00:00 GMT"
    visit.start(304 if same else 200)


def test_a_page_that_is_as_it_was_is_not_modified(site: Site) -> None:
    site.pages["/a"] = redirect("/b")
    site.pages["/b"] = conditional
    url, there = f"{site.root}/a", NotModified(f"{site.root}/b")
    assert fetch(url, etag='"7"') == there
    assert fetch(url, last_modified="Tue, 01 Apr 2025 00:00:00 GMT") == there
    assert isinstance(fetch(url, etag='"8"'), Fetched)
    # What cannot stand in a header is not sent.
    assert isinstance(fetch(url, etag='"7"\r\nX: y', last_modified="thứ ba"), Fetched)


def test_not_modified_that_was_not_asked_for_is_an_error(site: Site) -> None:
    site.pages["/a"] = lambda visit: visit.start(304)
    assert str(refused(f"{site.root}/a")) == "it answered 304"


@pytest.mark.parametrize("status", [204, 206, 300, 400, 401, 403, 404, 410])
def test_other_statuses_are_final(site: Site, status: int) -> None:
    site.pages["/a"] = page(b"", status)
    error = refused(f"{site.root}/a")
    assert str(error) == f"it answered {status}"
    assert not error.passing


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_some_statuses_may_pass(site: Site, status: int) -> None:
    site.pages["/a"] = page(b"", status)
    error = refused(f"{site.root}/a")
    assert str(error) == f"it answered {status}"
    assert error.passing
    assert len(site.paths) == 1


# Addresses


def test_what_is_not_public_is_refused_as_it_is(site: Site) -> None:
    error = refused(f"{site.root}/a", backend=GuardedBackend())
    assert str(error) == "127.0.0.1 is no public address; --allow-private lets it be reached"
    assert not error.passing
    with Fetcher() as fetcher, pytest.raises(FetchError, match="no public address"):
        fetcher.fetch(f"{site.root}/a")
    assert site.asked == []


@pytest.mark.parametrize("where", ["/a", "/robots.txt"])
def test_a_redirect_to_an_inner_address_is_refused(site: Site, outer: Site, where: str) -> None:
    site.pages["/secret"] = page(b"secret")
    outer.pages["/a"] = page()
    outer.pages[where] = redirect(f"{site.root}/secret")
    error = refused(f"{outer.root}/a", backend=GuardedBackend(is_allowed=is_outer))
    assert "127.0.0.1 is no public address" in str(error)
    assert site.asked == []
    assert outer.asked[-1].path == where


def test_one_inner_address_among_several_is_enough(outer: Site) -> None:
    outer.pages["/a"] = page()
    found = [OUTER]
    backend = GuardedBackend(is_allowed=is_outer, resolve=lambda *_: found)
    assert fetched(f"http://news.test:{outer.port}/a", backend=backend).content == b"<p>Hi"
    found.append("10.0.0.1")
    error = refused(f"http://news.test:{outer.port}/a", backend=backend)
    assert str(error).startswith("news.test is at 10.0.0.1, which is no public address")
    assert len(outer.paths) == 1


@pytest.fixture
def same_port() -> Iterator[tuple[Site, Site]]:
    """Two sites, an inner and an outer, that only differ in their address."""
    inner = Site(INNER)
    outer = Site(OUTER, inner.port)
    yield inner, outer
    inner.close()
    outer.close()


@pytest.mark.parametrize("changes_after", range(5))
def test_a_name_that_changes_its_address_gains_nothing(
    same_port: tuple[Site, Site], changes_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner, outer = same_port
    inner.pages["/a"] = page(b"secret")
    outer.pages["/a"] = page(b"public")
    look_up, look_ups = socket.getaddrinfo, 0

    def changing(host: str, port: int, *args: int, **kwargs: int) -> object:
        nonlocal look_ups
        if host == "rebind.test":
            look_ups += 1
            host = OUTER if look_ups <= changes_after else INNER
        return look_up(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    url, backend = f"http://rebind.test:{inner.port}/a", GuardedBackend(is_allowed=is_outer)
    if changes_after < 2:
        # One connection is for robots.txt, one for the page.
        assert "rebind.test is at 127.0.0.1" in str(refused(url, backend=backend))
    else:
        assert fetched(url, backend=backend).content == b"public"
        assert look_ups == 2
    assert inner.asked == []


def test_an_address_that_is_dead_gives_way_to_the_next(site: Site) -> None:
    site.pages["/a"] = page()
    backend = GuardedBackend(is_allowed=lambda _: True, resolve=lambda *_: [OUTER, INNER])
    assert fetched(f"http://news.test:{site.port}/a", backend=backend).content == b"<p>Hi"


def not_found(errno: int) -> Resolve:
    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(errno, "as the test says")

    return resolve


def test_a_host_that_is_not_there_is_final_and_a_look_up_that_fails_is_not() -> None:
    final = refused(
        "http://news.test/", backend=GuardedBackend(resolve=not_found(socket.EAI_NONAME))
    )
    assert str(final) == "there is no host news.test"
    assert not final.passing
    assert refused(
        "http://news.test/", backend=GuardedBackend(resolve=not_found(socket.EAI_AGAIN))
    ).passing
    nowhere = refused("http://news.test/", backend=GuardedBackend(resolve=lambda *_: []))
    assert str(nowhere) == "there is no host news.test"


def local_only(host: str, port: int) -> list[str]:
    """Keep tests off the network: only what needs no name server is looked up."""
    if host.rstrip(".") == "localhost" or host.replace(".", "").isdigit() or ":" in host:
        return resolve_host(host, port)
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "news",
        "//news.test/a",
        "http://",
        "http:///a",
        "http:a",
        "http://:80/",
        "ftp://{there}/a",
        "file:///etc/passwd",
        "data:text/plain,a",
        "javascript:alert(1)",
        "gopher://{there}/a",
        "http+unix://%2Ftmp%2Fa/",
        "http://[::1]/",
        "http://[::1]:{port}/a",
        "http://[::ffff:127.0.0.1]:{port}/a",
        "http://[::1",
        "http://[fe80::1%25lo]/",
        "http://[v1.a]/",
        "http://2130706433:{port}/a",
        "http://127.1:{port}/a",
        "http://0:{port}/a",
        "http://0177.0.0.1:{port}/a",
        "http://0x7f.0.0.1:{port}/a",
        "http://127。0。0。1:{port}/a",
        "http://localhost:{port}/a",
        "http://localhost.:{port}/a",
        "http://LOCALHOST:{port}/a",
        "http://báo.test/a",
        "http://xn--/",
        "http://①②⑦.0.0.1/",
        "http://a..b/",
        "http://.",
        "http://%6cocalhost/",
        "http://a b/",
        "http://{there}/a b",
        " http://{there}/a",
        "http://{there}/a\n",
        "http://{there}/a\r\nX: y",
        "http://{there}/\x00",
        "http://user:secret@{there}/a",
        "http://user@{there}/a",
        "http://news.test\\@{there}/a",
        "http://{there}@news.test/a",
        "http://news.test:0/",
        "http://news.test:65536/",
        "http://news.test:x/",
        "http://{there}/" + "a" * 10_000,
        "http://" + "a" * 64 + ".test/",
        "http://" + "a." * 130,
        "http://" + "a" * 10_000,
    ],
)
def test_odd_urls_are_refused(site: Site, url: str) -> None:
    there = site.root.removeprefix("http://")
    written = url.replace("{there}", there).replace("{port}", str(site.port))
    error = refused(written, backend=GuardedBackend(resolve=local_only))
    assert not error.passing
    assert "secret" not in str(error)
    assert site.asked == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://news.test/a b", "it has a space in it"),
        ("ftp://news.test/", "it is no http or https URL"),
        ("news.test/a", "it is no http or https URL"),
        ("http:///a", "it names no host"),
        ("http://[fe80::1%25lo]/", "what it names as its host cannot be one"),
        ("http://news.test:0/", "there is no port 0"),
        ("http://me@news.test/", "it holds a user name or password, and neither is ever sent"),
        ("http://news.test/" + "a" * 4096, "it is longer than 4096 characters"),
    ],
)
def test_the_reason_says_what_is_wrong_with_a_url(url: str, reason: str) -> None:
    assert str(refused(url)) == reason


def test_a_host_is_told_how_it_was_named(site: Site) -> None:
    site.pages["/a"] = page()
    backend = GuardedBackend(is_allowed=lambda _: True, resolve=lambda *_: [INNER])
    for host in ("[2606:4700::1]", "news.test", "xn--bo-jia.test"):
        fetched(f"http://{host}:{site.port}/a", backend=backend)
        assert site.asked[-1].headers["host"] == f"{host}:{site.port}"


@given(st.text() | st.text().map("http://".__add__) | st.text().map("http://a.test/".__add__))
def test_any_text_is_a_url_or_refused(text: str) -> None:
    try:
        url = checked_url(text)
    except FetchError:
        return
    assert url.scheme in ("http", "https")
    assert url.raw_host
    assert checked_url(str(url)) == url


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_to_the_end(site: Site, status: int) -> None:
    for i in range(5):
        site.pages[f"/{i}"] = redirect(f"{i + 1}", status)
    site.pages["/5"] = page()
    assert fetched(f"{site.root}/0").url == f"{site.root}/5"
    site.pages["/5"] = redirect("6", status)
    site.pages["/6"] = page()
    error = refused(f"{site.root}/0")
    assert str(error) == "it redirects more than 5 times"
    assert not error.passing


@pytest.mark.parametrize("target", ["/a", "/b", "", "?", "#"])
def test_redirects_in_circles_end(site: Site, target: str) -> None:
    site.pages["/a"] = redirect(target)
    site.pages["/b"] = redirect("/a")
    assert "redirects more than 5 times" in str(refused(f"{site.root}/a"))
    assert len(site.paths) == 6


@pytest.mark.parametrize(
    "location",
    [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "data:text/html,a",
        "javascript:alert(1)",
        "http://[",
        "http://user:secret@127.0.0.1/",
        "http://a:99999/",
        "/" + "a" * 10_000,
    ],
)
def test_redirects_to_what_is_no_web_page_are_refused(site: Site, location: str) -> None:
    site.pages["/a"] = redirect(location)
    error = refused(f"{site.root}/a")
    assert str(error).startswith("its redirect cannot be followed: ")
    assert "secret" not in str(error)


def test_a_redirect_may_have_spaces_and_letters_of_any_script(site: Site) -> None:
    site.pages["/a"] = lambda visit: visit.send(
        "HTTP/1.1 302 Found\r\nLocation: /b c/Việt\r\n\r\n".encode()
    )
    site.pages["/b%20c/Vi%E1%BB%87t"] = page()
    assert fetched(f"{site.root}/a").url == f"{site.root}/b%20c/Vi%E1%BB%87t"


def test_each_host_on_the_way_is_asked_for_its_robots(site: Site, outer: Site) -> None:
    site.pages["/a"] = redirect(f"{outer.root}/b")
    outer.pages["/b"] = page()
    outer.pages["/robots.txt"] = page(b"User-agent: *\nDisallow: /b")
    assert str(refused(f"{site.root}/a")) == "robots.txt does not allow it"
    assert outer.paths == []


# robots.txt


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
            assert not caught.value.passing
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
            assert caught.value.passing
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
    with Fetcher(FetchLimits(delay_s=0, allow_private=True, most_bytes=99)) as fetcher:
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
    wire = Wire(GuardedBackend(is_allowed=lambda _: True), Pauses())
    robots = Robots(wire, interval_s=0.0)
    assert robots.interval_s(checked_url(f"{site.root}/a"), TimeLimit(5.0)) == given_s
    wire.close()


# How often


@pytest.mark.parametrize(("delay_s", "crawl_delay"), [(0.3, "0.1"), (0.0, "0.3")])
def test_requests_to_one_host_are_apart(site: Site, delay_s: float, crawl_delay: str) -> None:
    site.pages["/robots.txt"] = page(f"User-agent: *\nCrawl-delay: {crawl_delay}".encode())
    site.pages["/a"] = redirect("/b")
    site.pages["/b"] = page()
    # Waiting is no part of the time limit.
    limits = FetchLimits(delay_s=delay_s, allow_private=True, timeout_s=0.4)
    with Fetcher(limits) as fetcher:
        fetcher.fetch(f"{site.root}/a")
        fetcher.fetch(f"{site.root}/b")
    times = [asked.at for asked in site.asked if asked.path != "/robots.txt"]
    assert len(times) == 3
    # They come in a little sooner or later than they were sent.
    assert all(0.25 < later - earlier < 1 for earlier, later in pairwise(times))


def test_other_hosts_need_not_wait(site: Site, outer: Site) -> None:
    site.pages["/a"] = outer.pages["/a"] = page()
    with Fetcher(FetchLimits(delay_s=0.5, allow_private=True)) as fetcher:
        fetcher.fetch(f"{site.root}/a")
        fetcher.fetch(f"{outer.root}/a")
    assert outer.asked[0].at - site.asked[-1].at < 0.45


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
    assert error.passing
    assert len(site.paths) == 6


def test_a_busy_host_is_left_in_peace_for_as_long_as_it_asks(site: Site) -> None:
    site.pages["/a"] = busy(1, 429, retry_after="1")
    assert isinstance(fetch(f"{site.root}/a", timeout_s=0.5), Fetched)
    first, second = (asked.at for asked in site.asked if asked.path == "/a")
    assert 0.95 < second - first < 2


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
def test_waiting_ends_when_the_fetcher_is_stopped(site: Site, waits_for: str) -> None:
    site.pages["/a"] = busy(1, 503, retry_after="20") if waits_for == "a busy host" else page()
    if waits_for == "a slow body":
        site.pages["/a"] = lambda visit: visit.trickle(b"x", 0.05)
    delay_s = 20.0 if waits_for == "its turn" else 0.0
    with Fetcher(FetchLimits(delay_s=delay_s, allow_private=True)) as fetcher:
        stopping = threading.Timer(0.3, fetcher.stop)
        stopping.start()
        with in_time(0.3), pytest.raises(FetchError, match="it was stopped") as caught:
            fetcher.fetch(f"{site.root}/a")
        stopping.join()
        assert caught.value.passing
        assert len(site.asked) == (1 if waits_for == "its turn" else 2)
        with pytest.raises(FetchError, match="it was stopped"):
            fetcher.fetch(f"{site.root}/a")


# How much


class peak_below:  # noqa: N801
    """Asserts that no more than so many bytes are held at any time in its context."""

    def __init__(self, most: int) -> None:
        self._most = most

    def __enter__(self) -> None:
        tracemalloc.start()

    def __exit__(self, *_: object) -> None:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < self._most


def always(data: bytes) -> Page:
    def answer(visit: Visit) -> None:
        visit.start()
        visit.trickle(data, 0)

    return answer


def chunks(visit: Visit) -> None:
    visit.start(transfer_encoding="chunked")
    visit.trickle(b"10000\r\n" + bytes(2**16) + b"\r\n", 0)


@pytest.mark.parametrize("answer", [always(bytes(2**16)), chunks])
def test_an_endless_body_ends_at_the_limit(site: Site, answer: Page) -> None:
    site.pages["/a"] = answer
    with peak_below(6 * MIB):
        error = refused(f"{site.root}/a")
    assert str(error) == "it is larger than 1 MiB"
    assert not error.passing


def zeros(size: int, bits: int) -> bytes:
    deflate = zlib.compressobj(wbits=bits)
    mib = bytes(MIB)
    return b"".join([deflate.compress(mib) for _ in range(size // MIB)]) + deflate.flush()


@pytest.mark.parametrize(("encoding", "bits"), [("gzip", 31), ("deflate", 15), ("deflate", -15)])
def test_a_bomb_is_not_inflated(site: Site, encoding: str, bits: int) -> None:
    bomb = zeros(100 * MIB, bits)
    assert len(bomb) < MIB / 5
    site.pages["/a"] = page(bomb, content_encoding=encoding)
    with peak_below(6 * MIB):
        assert str(refused(f"{site.root}/a")) == "it is larger than 1 MiB"


def test_a_bomb_for_robots_is_not_inflated(site: Site) -> None:
    site.pages["/robots.txt"] = page(zeros(100 * MIB, 31), content_encoding="gzip")
    site.pages["/a"] = page()
    with peak_below(8 * MIB):
        fetched(f"{site.root}/a")


def test_a_body_may_be_as_large_as_the_limit(site: Site) -> None:
    site.pages["/a"] = page(bytes(MIB))
    site.pages["/b"] = page(bytes(MIB + 1))
    assert len(fetched(f"{site.root}/a").content) == MIB
    refused(f"{site.root}/b")


TEXT = b"".join(b"%d Ha Noi. " % i for i in range(50_000))


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("X-GZIP", gzip.compress(TEXT) + bytes(512)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT)[2:-4]),
        ("identity", TEXT),
    ],
)
def test_compressed_bodies_are_inflated(site: Site, encoding: str, sent: bytes) -> None:
    def in_pieces(visit: Visit) -> None:
        visit.start(content_encoding=encoding)
        for i in range(3):
            visit.send(sent[i : i + 1])
            time.sleep(0.02)
        visit.send(sent[3:])

    site.pages["/a"] = page(sent, content_encoding=encoding)
    site.pages["/b"] = in_pieces
    assert fetched(f"{site.root}/a").content == TEXT
    assert fetched(f"{site.root}/b").content == TEXT


def test_nothing_is_lost_where_the_steps_of_inflating_end() -> None:
    for size in range(2**16, 2**16 + 600):
        deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        sent = deflate.compress(bytes(size)) + deflate.flush()
        assert sum(map(len, decoded([sent], "deflate"))) == size


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity"])
def test_an_empty_body_is_empty_however_compressed(site: Site, encoding: str) -> None:
    site.pages["/a"] = page(b"", content_encoding=encoding)
    assert fetched(f"{site.root}/a").content == b""


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "x" * 1000])
def test_encodings_that_were_not_asked_for_are_refused(site: Site, encoding: str) -> None:
    site.pages["/a"] = page(gzip.compress(TEXT), content_encoding=encoding)
    assert "was not asked for" in str(refused(f"{site.root}/a"))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_damaged_and_cut_bodies_are_errors(site: Site, encoding: str) -> None:
    whole = gzip.compress(TEXT) if encoding == "gzip" else zlib.compress(TEXT)
    site.pages["/a"] = page(whole[:1000] + b"?" * 1000 + whole[2000:], content_encoding=encoding)
    site.pages["/b"] = page(whole[:-1000], content_encoding=encoding)
    assert "damaged" in str(refused(f"{site.root}/a"))
    cut = refused(f"{site.root}/b")
    assert "cut off" in str(cut)
    assert cut.passing


# How long


def slow_body(visit: Visit) -> None:
    visit.start()
    visit.trickle(b"a", 0.1)


def slow_headers(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 200 OK\r\n")
    visit.trickle(b"X: y\r\n", 0.05)


def slow_status(visit: Visit) -> None:
    visit.trickle(b"H", 0.05)


def nothing(visit: Visit) -> None:
    visit.site.closing.wait(5)


def forever_continue(visit: Visit) -> None:
    visit.trickle(b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)


def empty_blocks(visit: Visit) -> None:
    """Compressed data without end that are no bytes when inflated."""
    visit.start(content_encoding="deflate")
    visit.send(b"\x78\x9c")
    visit.trickle(b"\x00\x00\x00\xff\xff" * 100, 0.01)


@pytest.mark.parametrize("where", ["/a", "/robots.txt"])
@pytest.mark.parametrize(
    "answer", [slow_body, slow_headers, slow_status, nothing, forever_continue, empty_blocks]
)
def test_a_slow_server_is_left_at_the_deadline(site: Site, answer: Page, where: str) -> None:
    site.pages["/a"] = page()
    site.pages[where] = answer
    with in_time(0.2):
        error = refused(f"{site.root}/a", timeout_s=0.2)
    assert str(error) == "it took longer than 0.2 s"
    assert error.passing


def test_silence_after_a_while_does_not_begin_the_time_anew(site: Site) -> None:
    def late(visit: Visit) -> None:
        visit.site.closing.wait(0.9)
        visit.start()
        visit.site.closing.wait(5)

    site.pages["/a"] = late
    with in_time(1.0):
        refused(f"{site.root}/a", timeout_s=1.0)


def test_no_request_begins_when_the_time_is_over() -> None:
    limit = TimeLimit(0.01)
    with limit.spending():
        time.sleep(0.02)
    with pytest.raises(FetchError, match=r"longer than 0\.01 s"), limit.spending():
        pytest.fail("it began")


def test_the_time_is_for_the_whole_of_a_fetch(site: Site) -> None:
    def after(answer: Page) -> Page:
        def slowly(visit: Visit) -> None:
            visit.site.closing.wait(0.2)
            answer(visit)

        return slowly

    site.pages["/robots.txt"] = after(page(b""))
    site.pages["/a"] = after(redirect("/b"))
    site.pages["/b"] = after(page())
    with in_time(0.5):
        assert "longer than 0.5 s" in str(refused(f"{site.root}/a", timeout_s=0.5))
    assert site.paths == ["/a", "/b"]


class in_time:  # noqa: N801
    """Asserts that its context takes the seconds given, and not much more."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._started = time.monotonic()

    def __exit__(self, *_: object) -> None:
        assert self._seconds * 0.9 < time.monotonic() - self._started < self._seconds + 0.7


def test_a_slow_look_up_is_left_at_the_deadline() -> None:
    over = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        over.wait(5)
        return [INNER]

    with in_time(0.3):
        error = refused("http://news.test/", backend=GuardedBackend(resolve=resolve), timeout_s=0.3)
    over.set()
    assert error.passing


@pytest.fixture
def raw_server() -> Iterator[Callable[[Callable[[socket.socket], object]], int]]:
    """Return what opens a port whose every connection a function is given."""
    servers: list[tuple[socket.socket, threading.Thread]] = []

    def serve(talk: Callable[[socket.socket], object]) -> int:
        listening = socket.create_server((INNER, 0))

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    try:
                        talk(connection)
                    except OSError:
                        # The client has left.
                        continue

        thread = threading.Thread(target=accept)
        thread.start()
        servers.append((listening, thread))
        return int(listening.getsockname()[1])

    yield serve
    for listening, thread in servers:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


Serve = Callable[[Callable[[socket.socket], object]], int]


def test_a_slow_handshake_is_left_at_the_deadline(raw_server: Serve) -> None:
    def one_byte_at_a_time(connection: socket.socket) -> None:
        connection.sendall(b"\x16\x03\x03\x40\x00")
        for _ in range(100):
            time.sleep(0.05)
            connection.sendall(b"\x02")

    port = raw_server(one_byte_at_a_time)
    with in_time(0.3):
        error = refused(f"https://127.0.0.1:{port}/", timeout_s=0.3)
    assert str(error) == "it took longer than 0.3 s"


# What is no web server


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for ``localhost`` that nobody has signed but itself."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("there is no openssl to make a certificate with")
    path = tmp_path / "localhost.pem"
    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    name = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(path)]
    certificate = subprocess.run(
        [openssl, *made, *name], check=True, capture_output=True, text=True
    ).stdout
    with path.open("a", encoding="ascii") as file:
        file.write(certificate)
    return path


def test_https_needs_a_certificate_that_somebody_vouches_for(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secured = Site(certificate=certificate)
    secured.pages["/a"] = page()
    by_name = f"https://localhost:{secured.port}/a"
    try:
        error = refused(by_name)
        assert str(error).startswith("its certificate is not valid: ")
        assert not error.passing
        assert secured.asked == []
        vouching = ssl.create_default_context(cafile=certificate)
        monkeypatch.setattr(httpx, "create_ssl_context", lambda: vouching)
        assert fetched(by_name).content == b"<p>Hi"
        # The name that was asked for counts, not the address that it was found at.
        assert "certificate is not valid" in str(refused(f"{secured.root}/a"))
    finally:
        secured.close()


def test_https_spoken_to_plain_http_is_an_error(site: Site) -> None:
    error = refused(site.root.replace("http:", "https:"), timeout_s=2.0)
    assert str(error).startswith("it cannot be reached (")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00" * 1000,
        b"A" * 50_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_whole_http_is_an_error(raw_server: Serve, answer: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        asked = connection.recv(4096)
        if b"/robots.txt" in asked:
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        else:
            connection.sendall(answer)

    error = refused(f"http://127.0.0.1:{raw_server(talk)}/a")
    assert str(error).startswith("it cannot be read (")
    assert error.passing


def test_a_port_where_nobody_listens_is_an_error(site: Site) -> None:
    site.close()
    error = refused(f"{site.root}/a")
    assert str(error) == "it cannot be reached (Connection refused)"
    assert error.passing
