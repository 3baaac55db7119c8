"""What an import would store is shown before anything is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from embeddings import Encoder
from rag import Collection
from tests.integration.rag.site import Site, page
from tests.waiting import wait_until

PAGE = """<!doctype html><html lang="vi"><head><title>Lào vào ASEAN - Báo Thử</title>
<meta property="article:published_time" content="1997-07-23T08:00:00+07:00"></head><body>
<nav><a href="/">Trang chủ</a> <a href="/the-gioi">Thế giới</a> <a href="/kinh-te">Kinh tế</a></nav>
<article><h1>Lào vào ASEAN</h1><p>Lào gia nhập ASEAN năm 1997, cùng với Myanmar. Lễ kết nạp diễn ra
ở Kuala Lumpur vào tháng 7, trong hội nghị bộ trưởng ngoại giao lần thứ ba mươi.</p>
<p>Sau lễ kết nạp, Hiệp hội có chín thành viên và chuẩn bị đón thành viên thứ mười.</p></article>
<footer>Bản quyền thuộc Báo Thử. Cấm sao chép dưới mọi hình thức.</footer></body></html>"""


@pytest.fixture
def client(tmp_path: Path, encoder: Encoder) -> Iterator[TestClient]:
    Collection.open_or_create(tmp_path, "default", encoder).close()
    app = create_app(tmp_path, encoder, "default", settings=Settings(allow_private_fetch=True))
    with TestClient(app, base_url="http://127.0.0.1") as made:
        yield made


def preview(client: TestClient, *files: tuple[str, str], **query: str) -> dict[str, Any]:
    form = [("files", (name, text.encode())) for name, text in files]
    response = client.post("/v1/previews", files=form, params=query)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_what_is_kept_and_cut_of_a_page_is_shown_and_nothing_is_stored(client: TestClient) -> None:
    body = preview(client, ("a.html", PAGE))
    (article,) = body["articles"]
    assert (article["title"], article["language"], article["state"]) == (
        "Lào vào ASEAN",
        "vi",
        "new",
    )
    assert article["published_at"].startswith("1997-07-23")
    assert "Kuala Lumpur" in article["text"]
    assert article["characters"] == len(article["text"])
    assert "Bản quyền" not in article["text"]
    assert (body["more"], body["rejected"], body["notice"]) == (0, [], None)
    assert client.get("/v1/articles").json()["articles"] == []
    assert client.get("/v1/jobs").json()["jobs"] == []


def test_an_import_stores_what_the_preview_shows(client: TestClient) -> None:
    (shown,) = preview(client, ("a.html", PAGE))["articles"]
    job = client.post("/v1/imports", files=[("files", ("a.html", PAGE.encode()))]).json()
    wait_until(lambda: client.get(f"/v1/jobs/{job['id']}").json()["state"] == "done")
    stored = client.get(f"/v1/articles/{shown['id']}").json()
    assert {name: shown[name] for name in stored if name in shown} == {
        name: stored[name] for name in stored if name in shown
    }
    (again,) = preview(client, ("a.html", PAGE))["articles"]
    assert again["state"] == "unchanged"


def test_what_is_stored_already_is_said(client: TestClient) -> None:
    (article,) = preview(client, ("a.txt", "Lào gia nhập ASEAN năm 1997."))["articles"]
    body = {"text": article["text"], "title": article["title"], "source": article["source"]}
    assert client.put(f"/v1/articles/{article['id']}", json=body).status_code == 200
    (same,) = preview(client, ("a.txt", "Lào gia nhập ASEAN năm 1997."))["articles"]
    (other,) = preview(client, ("a.txt", "Lào gia nhập ASEAN năm 1998."))["articles"]
    assert (same["id"], same["state"]) == (article["id"], "unchanged")
    assert (other["id"], other["state"]) == (article["id"], "changed")


def test_what_cannot_be_read_is_named_and_long_lists_are_counted(client: TestClient) -> None:
    lines = "\n".join(f'{{"id": "{n}", "text": "Bài số {n}."}}' for n in range(25))
    body = preview(client, ("a.jsonl", f"{lines}\nnot json\n"), ("b.pdf", "no PDF"))
    assert (len(body["articles"]), body["more"]) == (20, 5)
    assert {each["where"].partition(",")[0] for each in body["rejected"]} >= {"b.pdf"}
    assert len(body["rejected"]) == 2


def test_a_page_is_fetched_and_shown(client: TestClient) -> None:
    site = Site()
    site.pages["/a"] = page(PAGE.encode(), content_type="text/html; charset=utf-8")
    with closing(site):
        response = client.post("/v1/previews/urls", json={"urls": [f"{site.root}/a"]})
    assert response.status_code == 200, response.text
    (article,) = response.json()["articles"]
    assert article["title"] == "Lào vào ASEAN"
    assert article["state"] == "new"


@pytest.mark.parametrize(
    "body",
    [{}, {"urls": []}, {"urls": ["ftp://a.example/"]}, {"urls": ["http://a.example/"] * 11}],
)
def test_addresses_that_cannot_be_fetched_are_refused(
    client: TestClient, body: dict[str, object]
) -> None:
    assert client.post("/v1/previews/urls", json=body).status_code == 422


def test_a_large_upload_is_refused_and_leaves_nothing(client: TestClient, tmp_path: Path) -> None:
    files = [("files", ("a.txt", b"x" * (33 * 2**20)))]
    assert client.post("/v1/previews", files=files).status_code == 413
    preview(client, ("a.txt", "Lào."))
    # What was received is removed after the answer, so that no answer waits for the disk.
    wait_until(lambda: not list((tmp_path / "jobs").glob("*/0000")))
