"""Conditions as people type them, on a collection with what macOS and earlier versions stored."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder
from rag import Collection, ask, ingest, make_article, search
from rag.catalog.catalog import Catalog
from rag.collection.export_writer import export_collection
from rag.collection.restore import import_collection
from rag.ingestion.encoding import chunk_article, encode_articles
from tamngu.records.article import Article
from tamngu.records.request import AskRequest, SearchRequest

QUESTION = "lễ hội ở bến sông"


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def made(id: str, text: str, **fields: Any) -> Article:  # noqa: ANN401
    return make_article(text, key=id, id=id, **fields)


ARTICLES = [
    made(
        nfd("lễ-hội-1"),
        "Lễ hội bến sông mở cửa từ sáng sớm.",
        source=nfd("Bản tin Bến Tre"),
        tags=[nfd("lễ hội"), "Hòa nhạc"],
        published_at="2023-03-01",
        language="vi",
    ),
    made(
        "cho-2",
        "Chợ phiên bến sông bán thuỷ sản tươi.",
        source="Thuỷ Sản Ngày Nay",
        tags=["CHỢ"],
        published_at="2024-05-02",
        language="vi-VN",
    ),
    made("shi-3", "河邊的節日吸引了許多遊客。", source="河岸日報", tags=["節日"], language="zh-TW"),
    made("fair-4", "The river fair opens at dawn.", source="River Desk", language="eng"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    home: Path = tmp_path_factory.mktemp("conditions")
    collection = Collection.open_or_create(home, "default", encoder)
    ingest(collection, ARTICLES)
    # As versions stored it that did not compose names.
    old = replace(
        made("old", "Lễ hội bến sông năm ngoái vắng khách.", language="vi"),
        id=nfd("tin-cũ"),
        source=nfd("Báo Cũ"),
        tags=(nfd("hoài niệm"),),
        published_at=None,
    )
    put_as_it_is(collection, encoder, old)
    collection.compact()
    collection.close()
    return home


def put_as_it_is(collection: Collection, encoder: Encoder, article: Article) -> None:
    chunked = chunk_article(encoder, article)
    encoded = encode_articles(encoder, [chunked], collection.calibration)
    collection.catalog.put_many(encoded, as_they_are=True)


@pytest.fixture(scope="module")
def collection(home: Path, encoder: Encoder) -> Iterator[Collection]:
    opened = Collection.open(home, "default", encoder)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(home: Path, encoder: Encoder) -> Iterator[TestClient]:
    with TestClient(create_app(home, encoder, "default"), base_url="http://127.0.0.1") as made:
        yield made


def found(collection: Collection, **conditions: Any) -> set[str]:  # noqa: ANN401
    request = SearchRequest(QUESTION, include_duplicates=True, **conditions)
    result = search(collection, request)
    assert result.notice is None or "is read as" in result.notice
    return {hit.article_id for hit in result.hits}


@pytest.mark.parametrize(
    ("conditions", "id"),
    [
        ({"sources": ["Bản tin Bến Tre"]}, "lễ-hội-1"),
        ({"sources": [nfd("BẢN TIN BẾN TRE")]}, "lễ-hội-1"),
        ({"sources": ["bản tin  bến tre "]}, "lễ-hội-1"),
        ({"sources": ["Thủy sản ngày nay"]}, "cho-2"),
        ({"sources": ["河岸日报"]}, "shi-3"),
        ({"sources": ["ＲＩＶＥＲ ｄｅｓｋ"]}, "fair-4"),
        ({"sources": ["Báo Cũ"]}, nfd("tin-cũ")),
        ({"tags": ["lễ hội"]}, "lễ-hội-1"),
        ({"tags": ["hoà nhạc"]}, "lễ-hội-1"),
        ({"tags": ["chợ"]}, "cho-2"),
        ({"tags": ["节日"]}, "shi-3"),
        ({"tags": ["hoài niệm"]}, nfd("tin-cũ")),
        ({"article_ids": ["lễ-hội-1"]}, "lễ-hội-1"),
        ({"article_ids": [nfd("lễ-hội-1")]}, "lễ-hội-1"),
        ({"article_ids": ["tin-cũ"]}, nfd("tin-cũ")),
        ({"languages": ["zh-Hant-HK"]}, "shi-3"),
        ({"languages": ["cmn"]}, "shi-3"),
        ({"languages": ["EN_gb"]}, "fair-4"),
        ({"languages": ["eng"]}, "fair-4"),
    ],
)
def test_what_looks_the_same_is_found(
    collection: Collection, conditions: dict[str, Any], id: str
) -> None:
    assert found(collection, **conditions) == {id}


def test_vietnamese_is_found_by_every_tag_of_it(collection: Collection) -> None:
    expected = found(collection, languages=["vi"])
    assert len(expected) == 3
    for tag in ("VI", "vi-VN", "vi_VN", "vie"):
        assert found(collection, languages=[tag]) == expected


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        (
            {"sources": ["Ban tin Ben Tre"]},
            "no source 'Ban tin Ben Tre' in this collection; nearest",
        ),
        ({"sources": ["Ban tin Ben Tre"]}, "nearest: 'Bản tin Bến Tre'."),
        ({"sources": ["Bến Tre"]}, "nearest: 'Bản tin Bến Tre'."),
        ({"sources": ["Qwerty"]}, "it has 'Báo Cũ"),
        ({"sources": [""]}, "no source ''"),
        ({"sources": []}, "The condition on sources is empty"),
        ({"tags": ["le hoi"]}, "no tag 'le hoi' in this collection; nearest: 'lễ hội'."),
        ({"article_ids": ["cho-3"]}, "no article 'cho-3' in this collection; nearest: 'cho-2'."),
        ({"article_ids": ["?"]}, "no article '?' in this collection."),
        ({"article_ids": []}, "The condition on articles is empty"),
        ({"languages": ["fr"]}, "no article in the language 'fr'; it has en, vi, zh."),
        ({"languages": ["abc"]}, "no article in the language 'abc'"),
        ({"published_from": date(2030, 1, 1)}, "published from 2023-03-01 to 2024-05-02."),
        ({"published_to": date(1999, 1, 1)}, "published from 2023-03-01 to 2024-05-02."),
    ],
)
def test_a_condition_that_nothing_meets_is_said(
    collection: Collection, conditions: dict[str, Any], words: str
) -> None:
    notice = search(collection, SearchRequest(QUESTION, **conditions)).notice or ""
    assert words in unicodedata.normalize("NFC", notice)
    result = ask(collection, AskRequest(QUESTION, read=False, **conditions))
    assert (result.hits, result.abstained) == ((), True)
    assert words in unicodedata.normalize("NFC", result.notice or "")
    assert words in unicodedata.normalize("NFC", result.answer)


def test_one_value_that_is_not_there_does_not_hide_the_others(collection: Collection) -> None:
    request = SearchRequest(QUESTION, sources=["River Desk", "Rover Desk", "a", "b", "c"])
    result = search(collection, request)
    assert {hit.article_id for hit in result.hits} == {"fair-4"}
    assert result.notice is not None
    assert "no source 'Rover Desk' in this collection; nearest: 'River Desk'." in result.notice
    assert "It lacks 1 more of the sources" in result.notice
    assert result.notice == " ".join(notice.text for notice in result.notices)
    near, *_, more = result.notices
    wanted = {"kind": "source", "value": "Rover Desk", "nearest": "River Desk"}
    assert (near.code, near.values) == ("missing", wanted)
    assert (more.code, more.values) == ("more-missing", {"kind": "source", "count": 1})


def test_a_script_is_no_condition_and_that_is_said(collection: Collection) -> None:
    result = search(collection, SearchRequest(QUESTION, languages=["zh-Hant", "zh"]))
    assert {hit.language for hit in result.hits} == {"zh"}
    assert [(each.code, each.values) for each in result.notices] == [
        ("both-scripts", {"given": "zh-Hant", "code": "zh"})
    ]


def test_what_is_deleted_is_not_there_any_more(tmp_path: Path, encoder: Encoder) -> None:
    collection = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(collection, ARTICLES)
    collection.compact()
    assert collection.delete(nfd("lễ-hội-1"))
    result = search(collection, SearchRequest(QUESTION, sources=["Bản tin Bến Tre"]))
    assert result.notice is not None
    assert "There is no source" in result.notice
    collection.close()


def test_an_article_replaces_the_one_whose_id_looks_the_same(
    tmp_path: Path, encoder: Encoder
) -> None:
    collection = Collection.open_or_create(tmp_path, "c", encoder)
    old = replace(ARTICLES[0], id=nfd("lễ-hội-1"), text="Lễ hội hoãn lại.")
    put_as_it_is(collection, encoder, old)
    ingest(collection, ARTICLES)
    assert "lễ-hội-1" in collection.catalog.articles.ids()
    assert len(collection.catalog.articles.ids()) == len(ARTICLES)
    collection.close()


def test_an_export_of_an_earlier_version_keeps_its_ids(tmp_path: Path, encoder: Encoder) -> None:
    collection = Collection.open_or_create(tmp_path, "old", encoder)
    for form in ("NFC", "NFD"):
        written = unicodedata.normalize(form, "lễ-hội-1")
        put_as_it_is(collection, encoder, replace(ARTICLES[0], id=written))
    put_as_it_is(collection, encoder, replace(ARTICLES[1], id="vie", language="vie"))
    export_collection(collection.catalog, tmp_path / "c.zip")
    import_collection(tmp_path, "new", tmp_path / "c.zip")
    catalog = Catalog(tmp_path / "collections" / "new" / "catalog.db")
    assert catalog.articles.ids() == collection.catalog.articles.ids()
    assert len(catalog.articles.ids()) == 3
    catalog.close()
    # A code that an earlier version stored is found as its language.
    assert "vie" in {
        hit.article_id
        for hit in search(collection, SearchRequest("thuỷ sản", languages=["vi"])).hits
    }
    collection.close()


def test_http_finds_lists_and_shows_what_looks_the_same(client: TestClient) -> None:
    body = {"question": QUESTION, "sources": ["bản tin bến tre"]}
    result = client.post("/v1/search", json=body).json()
    assert [hit["article_id"] for hit in result["hits"]] == ["lễ-hội-1"]
    assert result["notice"] is None
    for given, stored in (
        ("lễ-hội-1", "lễ-hội-1"),
        (nfd("lễ-hội-1"), "lễ-hội-1"),
        ("tin-cũ", None),
    ):
        shown = client.get(f"/v1/articles/{given}")
        assert shown.status_code == 200
        assert shown.json()["id"] == (stored or nfd("tin-cũ"))
        assert client.get("/v1/passages", params={"article_id": given}).json()
    listed = client.get("/v1/articles", params={"source": "Thủy sản ngày nay"}).json()
    assert [row["id"] for row in listed["articles"]] == ["cho-2"]
    listed = client.get("/v1/articles", params={"tag": "Chợ", "language": "vie"}).json()
    assert [row["id"] for row in listed["articles"]] == ["cho-2"]


def test_http_says_what_nothing_meets(client: TestClient) -> None:
    for path in ("/v1/search", "/v1/ask"):
        body = {"question": QUESTION, "sources": ["Ban tin Ben Tre"]}
        result = client.post(path, json=body)
        assert result.status_code == 200
        assert "nearest: 'Bản tin Bến Tre'" in result.json()["notice"]
        for tag in ("xx", "zh-Hanx", "chinese"):
            refused = client.post(path, json={"question": QUESTION, "languages": [tag]})
            assert refused.status_code == 422
            assert refused.headers["content-type"] == "application/problem+json"
            assert f"languages.0: {tag!r} is not a language tag" in refused.json()["detail"]
    listed = client.get("/v1/articles", params={"tag": "le hoi"}).json()
    assert listed["articles"] == []
    assert listed["notice"] == "There is no tag 'le hoi' in this collection; nearest: 'lễ hội'."
    assert [each["values"]["nearest"] for each in listed["notices"]] == ["lễ hội"]
    assert client.get("/v1/articles", params={"language": "vn"}).status_code == 422
    missing = client.get("/v1/articles/cho-3")
    assert missing.status_code == 404
    assert "nearest: 'cho-2'" in missing.json()["detail"]


def test_openai_route_takes_the_same_conditions(client: TestClient) -> None:
    chat = {"model": "tamngu", "messages": [{"role": "user", "content": QUESTION}]}
    path = "/v1/chat/completions"
    narrowed = client.post(path, json={**chat, "sources": ["river desk"]}).json()
    assert {hit.partition(":")[0] for hit in narrowed["tamngu"]["hits"]} == {"fair-4"}
    missing = client.post(path, json={**chat, "tags": ["le hoi"]}).json()
    assert "nearest: 'lễ hội'" in missing["tamngu"]["notice"]
    assert "nearest: 'lễ hội'" in missing["choices"][0]["message"]["content"]
    refused = client.post(path, json={**chat, "languages": ["xx"]})
    assert refused.status_code == 400
    assert refused.json()["error"]["param"] == "languages.0"
    assert "'xx' is not a language tag" in refused.json()["error"]["message"]
    backwards = {"published_from": "2025-02-01", "published_to": "2025-01-01"}
    assert client.post(path, json={**chat, **backwards}).status_code == 400


def test_http_stores_and_deletes_under_an_id_that_looks_the_same(client: TestClient) -> None:
    body = {"text": "Bến sông đã đóng.", "language": "vi"}
    stored = client.put(f"/v1/articles/{nfd('bến-9')}", json=body)
    assert stored.status_code == 200, stored.text
    assert client.get("/v1/articles/bến-9").json()["id"] == "bến-9"
    again = {"If-None-Match": "*"}
    assert client.put(f"/v1/articles/{nfd('bến-9')}", json=body, headers=again).status_code == 412
    assert client.delete(f"/v1/articles/{nfd('bến-9')}").status_code == 204
    assert client.get("/v1/articles/bến-9").status_code == 404
