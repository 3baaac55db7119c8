"""Addresses that are allowed, and addresses that are not."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.fetching import Fetcher, FetchError
from rag.fetching.guarded_backend import GuardedBackend, Resolve, resolve_host
from rag.fetching.urls import checked_url
from tests.integration.rag.fetching.fetches import INNER, OUTER, fetched, refused
from tests.integration.rag.site import Site, page, redirect


def is_outer(address: str) -> bool:
    return address == OUTER


def test_what_is_not_public_is_refused_as_it_is(site: Site) -> None:
    error = refused(f"{site.root}/a", backend=GuardedBackend())
    assert str(error) == "127.0.0.1 is not a public address; --allow-private allows it"
    assert not error.temporary
    with Fetcher() as fetcher, pytest.raises(FetchError, match="not a public address"):
        fetcher.fetch(f"{site.root}/a")
    assert site.asked == []


@pytest.mark.parametrize("where", ["/a", "/robots.txt"])
def test_a_redirect_to_an_inner_address_is_refused(site: Site, outer: Site, where: str) -> None:
    site.pages["/secret"] = page(b"secret")
    outer.pages["/a"] = page()
    outer.pages[where] = redirect(f"{site.root}/secret")
    error = refused(f"{outer.root}/a", backend=GuardedBackend(is_allowed=is_outer))
    assert "127.0.0.1 is not a public address" in str(error)
    assert site.asked == []
    assert outer.asked[-1].path == where


def test_one_inner_address_among_several_is_enough(outer: Site) -> None:
    outer.pages["/a"] = page()
    found = [OUTER]
    backend = GuardedBackend(is_allowed=is_outer, resolve=lambda *_: found)
    assert fetched(f"http://news.test:{outer.port}/a", backend=backend).content == b"<p>Hi"
    found.append("10.0.0.1")
    error = refused(f"http://news.test:{outer.port}/a", backend=backend)
    assert str(error).startswith("news.test is at 10.0.0.1, which is not a public address")
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
    assert str(final) == "the host news.test does not exist"
    assert not final.temporary
    assert refused(
        "http://news.test/", backend=GuardedBackend(resolve=not_found(socket.EAI_AGAIN))
    ).temporary
    nowhere = refused("http://news.test/", backend=GuardedBackend(resolve=lambda *_: []))
    assert str(nowhere) == "the host news.test does not exist"


def local_only(host: str, port: int) -> list[str]:
    """Resolve only hosts that need no name server, so that tests do not use the network."""
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
    assert not error.temporary
    assert "secret" not in str(error)
    assert site.asked == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://news.test/a b", "it has a space"),
        ("ftp://news.test/", "it is not an http or https URL"),
        ("news.test/a", "it is not an http or https URL"),
        ("http:///a", "it has no host"),
        ("http://[fe80::1%25lo]/", "its host is neither a name nor an IP address"),
        ("http://news.test:0/", "its port 0 is not valid"),
        ("http://me@news.test/", "it has a user name or a password, which are never sent"),
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
