"""Redirects."""

from __future__ import annotations

import pytest

from tests.integration.rag.fetching.fetches import fetched, refused
from tests.integration.rag.site import Site, page, redirect


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
    assert not error.temporary


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
