"""Feeds, mails, tables, JSON, front matter and books have one reader of dates."""

from __future__ import annotations

import json
from email.message import EmailMessage

import pytest

from tests.unit.rag.readers.reading import articles

VI = "Tuyến xe buýt mới chạy từ sáng nay, mỗi mười phút có một chuyến qua cầu."
EN = "The new bus line has run since this morning, every ten minutes over the bridge."
ZH = "新的公交线路今天早上开始运行，每十分钟一班车经过大桥，市民们表示欢迎。"

STATED = [
    ("16/05/2024 09:05", VI, "2024-05-16T09:05:00"),
    ("3/8/2024", VI, "2024-08-03"),
    ("3/8/2024", EN, None),
    ("3/8/2024 9:05:00 AM", EN, "2024-03-08T09:05:00"),
    ("Thứ Năm, 16/05/2024 - 09:05 (GMT+7)", VI, "2024-05-16T09:05:00+07:00"),
    ("2024年05月16日 09:05", ZH, "2024-05-16T09:05:00"),
    ("2024-05-16 09:05 CST", ZH, "2024-05-16T09:05:00+08:00"),
    ("Thu, 16 May 2024 09:05:00 GMT+7", EN, "2024-05-16T09:05:00+07:00"),
    ("tháng 5/2024", VI, None),
    ("2024-02-30", EN, None),
    ("just now", EN, None),
]


def published(name: str, data: str | bytes) -> list[str | None]:
    return [article.published_at for article in articles(name, data)]


def item(text: str, stated: str) -> str:
    return (
        f"<item><title>{text[:24]}</title><pubDate>{stated}</pubDate>"
        f"<description>{text * 7}</description></item>"
    )


def feed(*items: str, language: str = "") -> str:
    return f"<rss><channel><title>T</title>{language}{''.join(items)}</channel></rss>"


@pytest.mark.parametrize(("stated", "text", "expected"), STATED)
def test_all_kinds_of_files_read_a_date_alike(stated: str, text: str, expected: str | None) -> None:
    row = {"text": text, "published_at": stated}
    assert published("a.xml", feed(item(text, stated))) == [expected]
    assert published("a.jsonl", json.dumps(row)) == [expected]
    assert published("a.json", json.dumps([row])) == [expected]
    assert published("a.csv", f'text,published_at\n"{text}","{stated}"\n') == [expected]
    assert published("a.md", f"---\npublished_at: '{stated}'\n---\n{text}") == [expected]
    message = EmailMessage()
    message["Subject"] = "Bus"
    message.set_content(text)
    assert published("a.eml", f"Date: {stated}\n".encode() + bytes(message)) == [expected]


@pytest.mark.parametrize("name", ["a.xml", "a.csv", "a.json"])
def test_a_date_has_the_order_of_the_others_in_its_file(name: str) -> None:
    for other, expected in (("13/8/2024", "2024-08-03"), ("8/13/2024", "2024-03-08")):
        rows = [{"text": EN, "published_at": stated} for stated in ("3/8/2024", other)]
        data = {
            "a.xml": feed(*(item(EN, row["published_at"]) for row in rows)),
            "a.csv": "text,published_at\n" + "".join(f'"{EN}",{r["published_at"]}\n' for r in rows),
            "a.json": json.dumps(rows),
        }[name]
        assert published(name, data)[0] == expected


def test_the_language_of_a_feed_tells_the_order_of_its_dates() -> None:
    stated = item(EN, "3/8/2024 09:05")
    for tag, expected in (("en-us", "2024-03-08"), ("en-gb", "2024-08-03")):
        found = published("a.xml", feed(stated, language=f"<language>{tag}</language>"))
        assert found == [f"{expected}T09:05:00"]


def test_a_feed_without_a_date_that_is_understood_has_the_date_of_its_change() -> None:
    entry = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>T</title><id>u:1</id>"
        f"<published>soon</published><updated>2024-05-16</updated><content>{VI}</content></entry>"
        "</feed>"
    )
    assert published("a.atom", entry) == ["2024-05-16"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_715_825_100, "2024-05-16T02:05:00+00:00"),
        (1_715_825_100_000, "2024-05-16T02:05:00+00:00"),
        (20_240_516, "2024-05-16"),
        ({"$date": "2024-05-16T02:05:00Z"}, "2024-05-16T02:05:00+00:00"),
        ({"$date": {"$numberLong": "1715825100000"}}, "2024-05-16T02:05:00+00:00"),
        ("/Date(1715825100000+0700)/", "2024-05-16T02:05:00+00:00"),
        (2024, None),
        (0, None),
        ("1945-09-02", "1945-09-02"),
    ],
)
def test_numbers_of_programs_are_times(value: object, expected: str | None) -> None:
    line = json.dumps({"text": VI, "published_at": value})
    assert published("a.jsonl", line) == [expected]


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2024-05-16", "2024-05-16"),
        ("2024-05-16 09:05:00 +07:00", "2024-05-16T09:05:00+07:00"),
        ("20240516", "2024-05-16"),
        ("2024-02-30", None),
    ],
)
def test_a_day_that_does_not_exist_does_not_make_front_matter_invalid(
    stated: str, expected: str | None
) -> None:
    (article,) = articles("a.md", f"---\npublished_at: {stated}\ntitle: Xe buýt\n---\n{VI}")
    assert (article.published_at, article.title) == (expected, "Xe buýt")
