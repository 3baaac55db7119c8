"""Editing, the trash, feeds and saved questions on the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.server.feeds_command import feeds
from api.server.questions_command import questions
from api.watching.feeds import FeedStore
from embeddings import Encoder
from rag import Collection, ingest, make_article
from rag.collection.lock import writing
from rag.errors import CollectionBusy
from tamngu.cli.articles import articles
from tests.integration.rag.site import Site, page

VI = "Lào gia nhập ASEAN năm 1997. Lễ kết nạp ở Kuala Lumpur."
NEW = "Timor-Leste gia nhập ASEAN ngày 26 tháng 10 năm 2025, là thành viên thứ mười một."


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    collection = Collection.open_or_create(tmp_path, "default", encoder)
    ingest(collection, [make_article(VI, key="k", id="laos", source="Báo")])
    collection.close()
    return tmp_path


@pytest.fixture
def site() -> Iterator[Site]:
    with closing(Site()) as serving:
        yield serving


def run(command: object, home: Path, *words: str, status: int = 0) -> Result:
    result = CliRunner().invoke(command, [*words, "--home", str(home)])  # type: ignore[arg-type]
    assert result.exit_code == status, (result.output, result.exception)
    return result


def test_an_article_is_edited_deleted_and_restored(home: Path) -> None:
    run(articles, home, "edit", "laos", "--source", "Nhân Dân", "--tag", "ASEAN", "--url", "")
    shown = json.loads(run(articles, home, "show", "laos", "--json").output)
    assert (shown["source"], shown["tags"], shown["text"]) == ("Nhân Dân", ["ASEAN"], VI)
    run(articles, home, "delete", "laos")
    (deleted,) = json.loads(run(articles, home, "trash", "--json").output)
    assert deleted["id"] == "laos"
    assert "Restored laos." in run(articles, home, "restore", "laos").output
    assert json.loads(run(articles, home, "show", "laos", "--json").output) == shown
    run(articles, home, "restore", "laos", status=1)
    run(articles, home, "delete", "laos", "--forever")
    assert run(articles, home, "trash").output == ""


def test_wrong_edits_are_refused(home: Path) -> None:
    run(articles, home, "edit", "laos", status=2)
    run(articles, home, "edit", "laos", "--date", "soon", status=2)
    assert "nearest: 'laos'" in run(articles, home, "edit", "lao", "--tag", "x", status=1).output


def test_feeds_are_watched_polled_and_removed(home: Path, site: Site) -> None:
    entry = f'<entry><id>1</id><title>a</title><link href="{site.root}/a"/></entry>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Báo</title>{entry}</feed>'
    site.pages["/feed"] = page(feed.encode(), content_type="application/atom+xml")
    story = f"<!doctype html><title>Lào</title><article><h1>Lào</h1><p>{VI * 3}</p></article>"
    site.pages["/a"] = page(story.encode(), content_type="text/html; charset=utf-8")
    added = json.loads(run(feeds, home, "add", f"{site.root}/feed", "--json").output)
    assert (added["every_minutes"], added["collection"]) == (60, "default")
    assert "1 added" in run(feeds, home, "poll", "--allow-private").output
    assert "No feed is due." in run(feeds, home, "poll").output
    (listed,) = json.loads(run(feeds, home, "list", "--json").output)
    assert listed["polled_at"]
    run(feeds, home, "remove", added["id"])
    run(feeds, home, "remove", added["id"], status=1)
    run(feeds, home, "add", "ftp://a.example/", status=2)


def test_feeds_that_an_interrupted_poll_did_not_reach_are_due_still(home: Path) -> None:
    for name in ("one", "two"):
        run(feeds, home, "add", f"http://127.0.0.1:9/{name}")
    first, second = json.loads(run(feeds, home, "list", "--json").output)
    with writing(home / "collections" / "default"):
        refused = CliRunner().invoke(feeds, ["poll", "--allow-private", "--home", str(home)])
    assert isinstance(refused.exception, CollectionBusy)
    with closing(FeedStore(home)) as store:
        assert [feed.id for feed in store.due()] == [second["id"]]
    assert first["id"] != second["id"]


def test_saved_questions_find_new_articles(home: Path, encoder: Encoder) -> None:
    question = "Timor-Leste gia nhập ASEAN khi nào?"
    saved = json.loads(run(questions, home, "add", question, "--json").output)
    collection = Collection.open(home, "default", encoder)
    ingest(collection, [make_article(NEW, key="k", id="timor")])
    collection.close()
    assert "1 new article answers" in run(questions, home, "check").output
    assert "0 new articles answer" in run(questions, home, "check").output
    (alert,) = json.loads(run(questions, home, "alerts", "--mark-seen", "--json").output)
    assert (alert["article_id"], alert["question_id"]) == ("timor", saved["id"])
    assert json.loads(run(questions, home, "alerts", "--unseen", "--json").output) == []
    assert f"{saved['id']}  default  1 found, 0 new" in run(questions, home, "list").output
    run(questions, home, "remove", saved["id"])
    run(questions, home, "remove", saved["id"], status=1)
    run(questions, home, "add", " ", status=1)
