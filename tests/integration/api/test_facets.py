from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder
from rag import Collection, ingest, make_article

ARTICLES = (
    ("a", "Lào gia nhập ASEAN năm 1997.", "Báo A", "1997-07-23", ("ASEAN", "Lào")),
    ("b", "Lễ kết nạp diễn ra ở Kuala Lumpur.", "Báo A", "1997-07-24", ("ASEAN",)),
    ("c", "东盟秘书处设在雅加达。", "人民网", "2020-11-25T08:00:00+08:00", ("ASEAN",)),
    ("d", "東協秘書處設在雅加達，秘書長任期五年。", "聯合報", "2020-12-01", ()),
    ("e", "The secretariat is in Jakarta.", None, None, ()),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[TestClient]:
    home: Path = tmp_path_factory.mktemp("facets")
    collection = Collection.open_or_create(home, "default", encoder)
    made = (
        make_article(text, key="k", id=name, source=source, published_at=day, tags=tags)
        for name, text, source, day, tags in ARTICLES
    )
    ingest(collection, made)
    collection.close()
    with TestClient(create_app(home, encoder, "default"), base_url="http://127.0.0.1") as made_:
        yield made_


def facets(client: TestClient, **conditions: str | int | list[str]) -> dict[str, Any]:
    response = client.get("/v1/collections/default/facets", params=conditions)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def pairs(values: list[dict[str, Any]]) -> dict[str, int]:
    return {each["value"]: each["articles"] for each in values}


def test_articles_are_counted_by_language_source_tag_and_date(client: TestClient) -> None:
    body = facets(client)
    assert body["articles"] == 5
    assert pairs(body["languages"]) == {"vi": 2, "zh-Hans": 1, "zh-Hant": 1, "en": 1}
    assert pairs(body["sources"]) == {"Báo A": 2, "人民网": 1, "聯合報": 1}
    assert pairs(body["tags"]) == {"ASEAN": 3, "Lào": 1}
    assert body["dates"] == [
        {"value": "1997-07", "articles": 2},
        {"value": "2020-11", "articles": 1},
        {"value": "2020-12", "articles": 1},
    ]
    assert body["undated"] == 1
    assert body["notice"] is None


def test_a_name_that_is_written_in_several_forms_is_one_value(
    tmp_path: Path, encoder: Encoder
) -> None:
    written = (
        ("Báo Hoà Bình", ("ASEAN", "asean")),
        ("BÁO HÒA BÌNH", ("Asean", "Lào")),
        ("Báo Hoà Bình", ("ASEAN",)),
        ("人民網", ("LÀO",)),
        ("人民网", ()),
    )
    collection = Collection.open_or_create(tmp_path, "default", encoder)
    articles = (
        make_article(f"Bài viết số {n}.", key="k", id=str(n), source=source, tags=tags)
        for n, (source, tags) in enumerate(written)
    )
    ingest(collection, articles)
    collection.close()
    with TestClient(create_app(tmp_path, encoder, "default"), base_url="http://127.0.0.1") as made:
        body = facets(made)
        assert pairs(body["sources"]) == {"Báo Hoà Bình": 3, "人民網": 2}
        assert pairs(body["tags"]) == {"ASEAN": 3, "LÀO": 2}
        # A condition on one form means all of them, and its list shows the one that was chosen.
        body = facets(made, tag="Asean", source="人民网")
        assert pairs(body["tags"]) == {"LÀO": 1}
        assert pairs(body["sources"]) == {"Báo Hoà Bình": 3}
        assert pairs(facets(made, tag="Asean")["tags"]) == {"Asean": 3, "LÀO": 2}


def test_a_list_is_counted_under_the_conditions_on_the_others(client: TestClient) -> None:
    body = facets(client, source="báo a", published_to="1997-07-23")
    assert body["articles"] == 1
    assert pairs(body["sources"]) == {"Báo A": 1}
    assert pairs(body["dates"]) == {"1997-07": 2}
    assert pairs(facets(client, source="Báo A")["sources"]) == {
        "Báo A": 2,
        "人民网": 1,
        "聯合報": 1,
    }
    assert pairs(facets(client, language=["zh-Hant", "en"])["sources"]) == {
        "人民网": 1,
        "聯合報": 1,
    }
    assert pairs(facets(client, tag="Lào")["languages"]) == {"vi": 1}


def test_dates_are_counted_by_day_and_by_year(client: TestClient) -> None:
    assert pairs(facets(client, by="day")["dates"])["2020-11-25"] == 1
    assert pairs(facets(client, by="year")["dates"]) == {"1997": 2, "2020": 2}


def test_long_lists_are_cut_and_what_is_left_out_is_counted(client: TestClient) -> None:
    body = facets(client, limit=1)
    assert pairs(body["sources"]) == {"Báo A": 2}
    assert (body["more_sources"], body["more_tags"], body["more_dates"]) == (2, 1, 2)
    assert pairs(body["dates"]) == {"2020-12": 1}


def test_a_condition_that_nothing_meets_is_said_with_the_nearest_value(
    client: TestClient,
) -> None:
    body = facets(client, source="Bao A")
    assert body["articles"] == 0
    assert "nearest: 'Báo A'" in body["notice"]


def test_counts_follow_each_change(client: TestClient) -> None:
    put = client.put("/v1/articles/f", json={"text": "Brunei nhỏ.", "source": "Báo F"})
    assert put.status_code == 200
    assert pairs(facets(client)["sources"])["Báo F"] == 1
    assert client.delete("/v1/articles/f").status_code == 204
    assert "Báo F" not in pairs(facets(client)["sources"])


@pytest.mark.parametrize(
    "bad",
    [
        {"by": "week"},
        {"limit": 0},
        {"language": "?"},
        {"published_from": "2020-01-02", "published_to": "2020-01-01"},
        {"unknown": "1"},
    ],
)
def test_conditions_that_cannot_be_are_refused(
    client: TestClient, bad: dict[str, str | int]
) -> None:
    response = client.get("/v1/collections/default/facets", params=bad)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert client.get("/v1/collections/nothing/facets").status_code == 404
