"""The time limit of a fetch."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from rag.fetching import FetchError
from rag.fetching.guarded_backend import GuardedBackend
from rag.fetching.time_limit import TimeLimit
from tests.integration.rag.fetching.fetches import INNER, Serve, no_sooner_than, refused
from tests.integration.rag.site import PIECES, Page, Site, Visit, page, redirect
from tests.waiting import PATIENCE_S


def slow_body(visit: Visit) -> None:
    visit.start()
    visit.trickle(b"a", 0.1)


def slow_headers(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 200 OK\r\n")
    visit.trickle(b"X: y\r\n", 0.05)


def slow_status(visit: Visit) -> None:
    visit.trickle(b"H", 0.05)


def nothing(visit: Visit) -> None:
    visit.site.closing.wait(PATIENCE_S)


def forever_continue(visit: Visit) -> None:
    visit.trickle(b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)


def empty_blocks(visit: Visit) -> None:
    """Send endless compressed data that decompress to nothing."""
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
    with no_sooner_than(0.2):
        error = refused(f"{site.root}/a", timeout_s=0.2)
    assert str(error) == "it took longer than 0.2 s"
    assert error.temporary


def test_what_comes_after_a_while_does_not_begin_the_time_anew(site: Site) -> None:
    # Each piece comes before the time limit is over if it began again with the piece before.
    def late(visit: Visit) -> None:
        visit.site.closing.wait(0.4)
        visit.start()
        for _ in range(20):
            visit.site.closing.wait(0.4)
            visit.send(b"a")

    site.pages["/a"] = late
    with no_sooner_than(0.5):
        error = refused(f"{site.root}/a", timeout_s=0.5)
    assert str(error) == "it took longer than 0.5 s"


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
    with no_sooner_than(0.5):
        assert "longer than 0.5 s" in str(refused(f"{site.root}/a", timeout_s=0.5))
    # On a slow machine the time may be over before the second.
    assert site.paths in (["/a"], ["/a", "/b"], [])


def test_a_slow_look_up_is_left_at_the_deadline() -> None:
    over = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        over.wait(PATIENCE_S)
        return [INNER]

    with no_sooner_than(0.3):
        error = refused("http://news.test/", backend=GuardedBackend(resolve=resolve), timeout_s=0.3)
    over.set()
    assert error.temporary


def test_a_slow_handshake_is_left_at_the_deadline(raw_server: Serve) -> None:
    def one_byte_at_a_time(connection: socket.socket) -> None:
        connection.sendall(b"\x16\x03\x03\x40\x00")
        for _ in range(PIECES):
            time.sleep(0.05)
            connection.sendall(b"\x02")

    port = raw_server(one_byte_at_a_time)
    with no_sooner_than(0.3):
        error = refused(f"https://127.0.0.1:{port}/", timeout_s=0.3)
    assert str(error) == "it took longer than 0.3 s"
