"""The results of fetches."""

from __future__ import annotations

import pytest

from rag.fetching import Fetched, Fetcher, FetchLimits, NotModified
from tests.integration.rag.fetching.fetches import fetch, fetched, refused
from tests.integration.rag.site import Site, Visit, page, redirect


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
    # Values that a header does not allow are not sent.
    assert isinstance(fetch(url, etag='"7"\r\nX: y', last_modified="thứ ba"), Fetched)


def test_not_modified_that_was_not_asked_for_is_an_error(site: Site) -> None:
    site.pages["/a"] = lambda visit: visit.start(304)
    assert str(refused(f"{site.root}/a")) == "it answered 304"


@pytest.mark.parametrize("status", [204, 206, 300, 400, 401, 403, 404, 410])
def test_other_statuses_are_final(site: Site, status: int) -> None:
    site.pages["/a"] = page(b"", status)
    error = refused(f"{site.root}/a")
    assert str(error) == f"it answered {status}"
    assert not error.temporary


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_some_statuses_may_pass(site: Site, status: int) -> None:
    site.pages["/a"] = page(b"", status)
    error = refused(f"{site.root}/a")
    assert str(error) == f"it answered {status}"
    assert error.temporary
    assert len(site.paths) == 1
