"""What `tamngu ingest` keeps, cuts, skips and removes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from embeddings import Encoder
from tests.integration.tamngu.command import run

SCRAPED = """Trang chủ Đời sống
20:36 | 25/11/2020 GMT+7

Thêm hai mươi nghìn cây xanh

Hội đồng thành phố hôm thứ Ba thông qua kế hoạch trồng thêm hai mươi nghìn cây xanh trong năm tới,
chủ yếu dọc các bờ kênh.
Theo tờ trình, mỗi quận được giao một phần việc và phải báo cáo tiến độ hằng tháng cho sở.
Người dân có thể đăng ký chăm sóc cây trước nhà mình, đổi lại được miễn phí nước tưới.
Tin cùng chuyên mục
Khai trương tuyến xe buýt mới
"""


@pytest.fixture(autouse=True)
def one_encoder(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in this process share the session's model; it takes seconds to load."""
    monkeypatch.setattr("embeddings.load.load_encoder", lambda *_: encoder)


@pytest.mark.slow
def test_what_pages_put_around_a_story_is_cut_unless_kept(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(SCRAPED, encoding="utf-8")
    home = ("--home", tmp_path / "home")
    code, out, _ = run(capsys, "ingest", page, "--dry-run", *home)
    assert code == 0
    assert "kept     Thêm hai mươi nghìn cây xanh" in out
    assert "cut      other stories: Khai trương tuyến xe buýt mới" in out
    assert not (tmp_path / "home").exists()
    shown = json.loads(run(capsys, "ingest", page, "--dry-run", "--json", *home)[1])
    assert shown["articles"][0]["published_at"] == "2020-11-25T20:36:00+07:00"
    assert {cut["reason"] for cut in shown["articles"][0]["cut"]} == {
        *("widget", "date", "other stories"),
    }

    for option, kept in ((), False), (("--keep-boilerplate",), True):
        code, _, err = run(capsys, "ingest", page, *option, *home)
        assert code == 0, err
        listed = json.loads(run(capsys, "articles", "list", "--json", *home)[1])
        article = run(capsys, "articles", "show", listed[0]["id"], "--json", *home)[1]
        assert ("xe buýt" in json.loads(article)["text"]) == kept


@pytest.mark.slow
def test_a_dry_run_says_that_an_article_has_no_source(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "a.txt"
    # A line of a page is cut, so the text was scraped.
    text = "Cây cầu\n\nCây cầu mới dài hai cây số.\n\nChia sẻ\n"
    page.write_text(text, encoding="utf-8")
    code, out, _ = run(capsys, "ingest", page, "--dry-run", "--home", tmp_path / "home")
    assert code == 0
    assert "vi, no date, 36 characters; no source" in out


def test_what_reading_may_cost_is_an_option(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"Salt was sold. " * 2_000_000)
    (folder / "b.txt").write_text("Rice was bought.", encoding="utf-8")
    asked = ("ingest", folder, "--dry-run", "--json", "--home", tmp_path / "home")
    code, out, _ = run(capsys, *asked, "--read-limits", "memory_mb=100")
    found = json.loads(out)
    assert code == 1
    assert len(found["articles"]) == 1
    (skipped,) = found["skipped"]
    assert skipped.startswith(f"{folder / 'a.txt'}: ")
    assert "memory" in skipped


def test_bad_files_are_named_and_the_others_taken(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "empty.txt").touch()
    (folder / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (folder / "page.html").write_text("<html><body><nav>menu</nav></body></html>")
    (folder / "lines.jsonl").write_text('{"text": "Một bài về ASEAN."}\n{broken\n')
    code, out, err = run(capsys, "ingest", folder, "--home", tmp_path / "home")
    assert code == 1
    assert out.startswith("Articles: 1 added, 0 changed, 0 unchanged, 4 skipped.")
    reasons = {
        line.removeprefix(f"Skipped {folder}/").split(":")[0]: line for line in err.splitlines()
    }
    assert sorted(reasons) == ["empty.txt", "lines.jsonl line 2", "page.html", "picture.txt"]
    assert "Traceback" not in err


def test_vanished_articles_are_removed_when_asked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.txt").write_text(f"Bài {name} về ASEAN.", encoding="utf-8")
    words = ("ingest", folder, "--home", tmp_path / "home", "--json")
    assert json.loads(run(capsys, *words)[1])["added"] == 2
    (folder / "a.txt").unlink()
    assert json.loads(run(capsys, *words)[1])["removed"] == 0
    report = json.loads(run(capsys, *words, "--prune")[1])
    assert (report["removed"], report["unchanged"]) == (1, 1)
    assert report["languages"] == {"vi": 1}
