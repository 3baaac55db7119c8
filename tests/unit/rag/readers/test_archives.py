from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.readers.document import MAX_BYTES
from tamngu.records.article import Article
from tests.unit.rag.readers.reading import articles, read, reason

VI = "Lào gia nhập ASEAN năm 1997."
PARAGRAPHS = (
    "The council met in Vientiane on Monday and agreed on a plan for the river.",
    "Its next meeting is to be held in the spring, the chair told reporters.",
)
PAGE = f"<html><head><title>River</title></head><body><article><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p></article></body></html>"  # noqa: E501


def packed(*members: tuple[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def test_members_of_a_zip_file_are_read() -> None:
    data = packed(
        ("b/1.txt", VI),
        ("a.md", "# H\n\nText."),
        ("c.png", b"\x89PNG"),
        (".hidden.txt", VI),
        ("__MACOSX/b/._1.txt", b"\0"),
        ("b/1.html", PAGE),
    )
    found = articles("z.zip", data)
    assert [article.source for article in found] == [
        "source!a.md",
        "source!b/1.html",
        "source!b/1.txt",
    ]
    assert found[2].text == VI
    assert len({article.id for article in found}) == 3


def test_a_member_whose_name_is_empty_is_left_out() -> None:
    # Names end at a NUL.
    data = packed(("a.txt", VI), ("?b.txt", VI)).replace(b"?b.txt", b"\0b.txt")
    assert [article.source for article in articles("z.zip", data)] == ["source!a.txt"]


def test_archives_in_archives_are_read_to_a_depth() -> None:
    inner = packed(("1.txt", VI), ("2.txt", VI))
    middle = packed(("a.txt", f"{VI} Một."), ("z.zip", inner))
    found = read("outer.zip", packed(("middle.zip", middle)))
    wrong, right = found
    reason = "it is inside more than 2 archives or messages"
    assert str(wrong) == f"outer.zip!middle.zip!z.zip: {reason}"
    assert isinstance(right, Article)


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_not_unpacked() -> None:
    # Two members, each within the limit for a member.
    bomb = packed(*((f"{n}.txt", b" " * (MAX_BYTES // 2 + 1)) for n in range(2)))
    assert len(bomb) < MAX_BYTES / 100
    assert reason("z.zip", bomb) == "it unpacks to more than 100 times its size"


def test_a_member_that_is_too_large_is_named_and_the_rest_is_read() -> None:
    # With random bytes beside it, the archive as a whole unpacks to little more than its size.
    noise = random.Random(1).randbytes(1 << 20)
    found = read("z.zip", packed(("a.txt", VI), ("b.txt", b" " * (MAX_BYTES + 1)), ("c", noise)))
    assert [getattr(item, "reason", None) for item in found] == ["it is larger than 64 MB", None]


def test_a_member_that_states_another_size_than_it_has_is_damaged() -> None:
    data = bytearray(packed(("a.txt", VI * 100)))
    # The uncompressed size in the directory.
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<I", 7)
    assert "it is damaged" in reason("z.zip", bytes(data))


def test_an_encrypted_member_is_named() -> None:
    data = bytearray(packed(("a.txt", VI)))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(mark) + offset] |= 1
    assert reason("z.zip", bytes(data)) == "it is encrypted"


@pytest.mark.parametrize("data", [b"", b"PK", b"no archive", packed(("a.png", b"x"))])
def test_what_is_no_archive_of_articles_is_rejected(data: bytes) -> None:
    assert reason("z.zip", data)


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_archive_gives_rejections_and_no_error(data: st.DataObject) -> None:
    whole = bytearray(packed(("a.txt", VI), ("b.html", PAGE), ("c.zip", packed(("d.txt", VI)))))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    for item in read("z.zip", cut):
        assert isinstance(item, Article) or "its parser failed" not in item.reason


def response(url: str, body: bytes, headers: str, status: str = "200 OK") -> bytes:
    http = f"HTTP/1.1 {status}\r\n{headers}\r\n\r\n".encode() + body
    return (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        f"WARC-Date: 2020-01-01T00:00:00Z\r\nWARC-Target-URI: {url}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    ).encode() + http + b"\r\n\r\n"  # fmt: skip


WARC = (
    response("https://a.example/one", PAGE.encode(), "Content-Type: text/html; charset=utf-8")
    + response("https://a.example/p.png", b"x", "Content-Type: image/png")
    + response("https://a.example/gone", PAGE.encode(), "Content-Type: text/html", "404 Not Found")
    + response(
        "https://b.example/two",
        gzip.compress(PAGE.replace("River", "Sông").encode()),
        "Content-Type: text/html\r\nContent-Encoding: gzip",
    )
    + response("https://b.example/3.txt", VI.encode(), "Content-Type: text/plain")
)


@pytest.mark.parametrize(("name", "pack"), [("c.warc", bytes), ("c.warc.gz", gzip.compress)])
def test_pages_of_a_web_archive_are_read(name: str, pack: type[bytes]) -> None:
    found = articles(name, pack(WARC))
    assert [(article.url, article.source, article.title) for article in found] == [
        ("https://a.example/one", "a.example", "River"),
        ("https://b.example/two", "b.example", "Sông"),
        ("https://b.example/3.txt", "b.example", VI),
    ]
    assert all(paragraph in found[1].text for paragraph in PARAGRAPHS)


def test_a_web_archive_that_is_cut_off_gives_what_came_before() -> None:
    for cut in (5, 80, 300):
        found = read("c.warc", WARC[:-cut])
        assert isinstance(found[0], Article)
        assert "cut off" in str(found[-1])
    many = b"".join(
        response(
            f"https://a.example/{n}",
            random.Random(n).randbytes(3000).hex().encode(),
            "Content-Type: text/plain",
        )
        for n in range(99)
    )
    found = read("c.warc.gz", gzip.compress(many)[:-80])
    assert sum(isinstance(item, Article) for item in found) > 90
    assert "cut off" in str(found[-1])


def test_a_page_that_cannot_be_unpacked_is_named_and_the_rest_is_read() -> None:
    broken = response(
        "https://a.example/0", b"no gzip", "Content-Type: text/html\r\nContent-Encoding: gzip"
    )
    wrong, *rest = read("c.warc", broken + WARC)
    assert "https://a.example/0: its compressed content is damaged" in str(wrong)
    assert len(rest) == 3


@settings(max_examples=100)
@given(st.data())
def test_a_damaged_web_archive_gives_rejections_and_no_error(data: st.DataObject) -> None:
    whole = bytearray(WARC)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    for item in read("c.warc", bytes(whole)):
        assert isinstance(item, Article) or "its parser failed" not in item.reason


def test_what_is_no_web_archive_is_rejected() -> None:
    for data in (b"", b"no archive", WARC[:10]):
        assert reason("c.warc", data)


def test_a_reason_is_one_line_whatever_the_archive_holds() -> None:
    http = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n\x1f"
    record = (
        "WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http;\r\n"
        f"Content-Length: {len(http)}\r\n\r\n{http}\r\n\r\n"
    )
    said = reason("c.warc", record)
    assert said == " ".join(said.split())
