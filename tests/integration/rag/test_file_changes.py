from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag import Collection, search
from rag.collection.check import check
from rag.ingestion.pipeline import ingest_files
from rag.readers import find_files
from tamngu.records.ingest_report import IngestReport
from tamngu.records.request import SearchRequest


def ingested(collection: Collection, *roots: Path, prune: bool = False) -> IngestReport:
    files = [(root, file) for root in roots for file in find_files(root)]
    return ingest_files(collection, files, prune=prune)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def lines(*ids: str) -> str:
    return "\n".join(
        json.dumps({"id": name, "text": f"Bài {name} về ASEAN.", "source": "Báo"}) for name in ids
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    write(folder / "a.txt", "Lào gia nhập ASEAN năm 1997.")
    write(folder / "sub" / "b.txt", "东盟秘书处设在雅加达。")
    write(folder / "c.jsonl", lines("c1", "c2", "c3"))
    return folder


def test_files_that_have_not_changed_are_not_parsed(
    empty: Collection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ingested(empty, folder).added == 5
    # No process is even started.
    monkeypatch.setattr("rag.isolation.processes.Processes.fork", None)
    report = ingested(empty, folder)
    assert (report.unchanged, report.added, report.passages) == (5, 0, 0)


def test_a_changed_file_is_read_again(empty: Collection, folder: Path) -> None:
    ingested(empty, folder)
    write(folder / "c.jsonl", lines("c1", "c2", "c4"))
    report = ingested(empty, folder)
    assert (report.added, report.updated, report.unchanged) == (1, 0, 4)


def test_a_deleted_article_comes_back_with_the_next_ingest(empty: Collection, folder: Path) -> None:
    ingested(empty, folder)
    empty.delete("c2")
    report = ingested(empty, folder)
    assert (report.added, report.unchanged) == (1, 4)


def test_a_rejected_part_of_a_file_is_reported_each_time(empty: Collection, folder: Path) -> None:
    write(folder / "c.jsonl", lines("c1") + "\n{")
    for _ in range(2):
        assert len(ingested(empty, folder).rejected) == 1


def test_pruning_removes_what_is_gone_and_nothing_else(
    empty: Collection, folder: Path, tmp_path: Path
) -> None:
    elsewhere = write(tmp_path / "other" / "x.txt", "Một bài ở thư mục khác.")
    ingested(empty, folder, elsewhere.parent)
    (folder / "a.txt").unlink()
    write(folder / "c.jsonl", lines("c1", "c3"))
    (elsewhere).unlink()
    assert ingested(empty, folder).removed == 0
    assert len(empty.catalog.articles.ids()) == 6
    assert ingested(empty, folder, prune=True).removed == 2
    assert "c2" not in empty.catalog.articles.ids()
    texts = {hit.text for hit in search(empty, SearchRequest("ASEAN", top_k=100)).hits}
    assert "Lào gia nhập ASEAN năm 1997." not in texts
    assert "Một bài ở thư mục khác." in texts
    assert check(empty.directory, empty.catalog).problems == []


def test_pruning_keeps_what_cannot_be_read_now(empty: Collection, folder: Path) -> None:
    ingested(empty, folder)
    write(folder / "c.jsonl", lines("c1") + "\n{")
    (folder / "a.txt").write_bytes(b"")
    report = ingested(empty, folder, prune=True)
    assert len(report.rejected) == 2
    assert report.removed == 0
    assert len(empty.catalog.articles.ids()) == 5


def test_an_article_that_moves_to_another_file_is_not_pruned(
    empty: Collection, folder: Path
) -> None:
    ingested(empty, folder)
    write(folder / "c.jsonl", lines("c1"))
    write(folder / "d.jsonl", lines("c2", "c3"))
    report = ingested(empty, folder, prune=True)
    assert (report.added, report.removed, report.unchanged) == (0, 0, 5)
    (folder / "d.jsonl").unlink()
    assert ingested(empty, folder, prune=True).removed == 2
