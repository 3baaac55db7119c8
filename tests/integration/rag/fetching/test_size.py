"""The maximum size of a body."""

from __future__ import annotations

import gzip
import time
import zlib

import pytest

from rag.fetching.content import decoded
from tests.integration.rag.fetching.fetches import MIB, fetched, peak_below, refused
from tests.integration.rag.site import Page, Site, Visit, page


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
    assert not error.temporary


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
    assert "was not offered" in str(refused(f"{site.root}/a"))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_damaged_and_cut_bodies_are_errors(site: Site, encoding: str) -> None:
    whole = gzip.compress(TEXT) if encoding == "gzip" else zlib.compress(TEXT)
    site.pages["/a"] = page(whole[:1000] + b"?" * 1000 + whole[2000:], content_encoding=encoding)
    site.pages["/b"] = page(whole[:-1000], content_encoding=encoding)
    assert "damaged" in str(refused(f"{site.root}/a"))
    cut = refused(f"{site.root}/b")
    assert "cut off" in str(cut)
    assert cut.temporary
