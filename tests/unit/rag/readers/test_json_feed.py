from __future__ import annotations

import json
from pathlib import Path

from rag.readers.files import read_file
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Bản tin Cầu Ván",
    "items": [
        {
            "id": "1",
            "url": "https://cauvan.example/1",
            "title": "Cầu mới",
            "content_html": "<p>Cầu dài hơn năm mét.</p><p>Thợ làm trong <b>ba</b> ngày.</p>",
            "date_published": "2026-03-05T10:20:00+08:00",
            "authors": [{"name": "Út Lan"}, {"url": "https://x.example"}],
            "tags": ["cầu"],
        },
        {"id": "2", "content_text": "Xe máy qua được từ thứ Hai.", "date_modified": "2026-03-06"},
        {"id": "3", "title": "Không có chữ"},
        "none",
    ],
}


def test_the_items_of_a_json_feed_are_articles(tmp_path: Path) -> None:
    path = tmp_path / "feed.json"
    path.write_text(json.dumps(FEED), encoding="utf-8")
    first, second, *rejected = read_file(path)
    assert isinstance(first, Article)
    assert first.text == "Cầu dài hơn năm mét.\n\nThợ làm trong ba ngày."
    assert (first.title, first.source) == ("Cầu mới", "Bản tin Cầu Ván")
    assert (first.url, first.published_at) == (
        "https://cauvan.example/1",
        "2026-03-05T10:20:00+08:00",
    )
    assert (tuple(first.authors), tuple(first.tags)) == (("Út Lan",), ("cầu",))
    assert isinstance(second, Article)
    assert (second.text, second.published_at) == ("Xe máy qua được từ thứ Hai.", "2026-03-06")
    assert [isinstance(each, Rejection) for each in rejected] == [True, True]


def test_other_json_with_items_is_read_by_its_own_names(tmp_path: Path) -> None:
    path = tmp_path / "articles.json"
    path.write_text(json.dumps({"items": [{"text": "Cầu dài hơn."}]}), encoding="utf-8")
    (article,) = read_file(path)
    assert isinstance(article, Article)
    assert article.text == "Cầu dài hơn."
