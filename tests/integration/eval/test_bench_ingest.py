"""``tamngu bench ingest`` from the command line, and the articles that it makes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from itertools import combinations, islice
from pathlib import Path

import pytest

from eval.bench.articles import made_articles, write_articles
from rag.text.minhash import THRESHOLD, signature, similarity
from tamngu.cli.main import main
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.slow

TAMNGU = Path(sys.executable).with_name("tamngu")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the measurement keeps its files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as leaving:
        main(["bench", "ingest", *map(str, arguments)])
    captured = capsys.readouterr()
    assert isinstance(leaving.value.code, int)
    return leaving.value.code, captured.out, captured.err


def lines(path: Path, name: str, count: int) -> Path:
    known = [
        {"title": f"{name} {number}", "text": f"Bài số {number} của {name} nói về ASEAN."}
        for number in range(count)
    ]
    path.write_text("\n".join(map(json.dumps, known)), encoding="utf-8")
    return path


def test_an_ingest_is_measured_and_the_unchanged_files_are_passed_over(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, temporary: Path
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    lines(folder / "a.jsonl", "Báo", 4)
    (folder / "b.md").write_text("# Visit\n\nHe went to *Ha Noi*. He left.", encoding="utf-8")
    code, out, err = run(capsys, "--articles", folder, "--files", "9", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert next(iter(found)) == "model"
    assert (found["articles"], found["passages"], found["rejected"]) == (5, 5, 0)
    # Each passage, and its title and sentences: two for four articles, three for the last.
    assert found["texts"] == 5 + 4 * 2 + 3
    assert found["tokens"] > 100
    assert found["tokens_per_s"] == pytest.approx(found["tokens"] / found["first_s"], rel=0.05)
    assert found["articles_per_s"] == pytest.approx(5 / found["first_s"], rel=0.05)
    assert 0 < found["encoder_share"] < 1.5
    assert 0 < found["encoder_cpu_share"] < 1.5
    assert found["unchanged_speedup"] == pytest.approx(
        found["first_s"] / found["unchanged_s"], rel=0.2
    )
    assert found["first_s"] < found["process_s"]
    assert found["peak_rss_mb"] > 100
    assert not list(temporary.iterdir())


def test_what_cannot_be_measured_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, temporary: Path
) -> None:
    (tmp_path / "empty.jsonl").write_text('{"text": 1}\n{broken\n[]\n')
    code, _, err = run(capsys, "--articles", tmp_path / "empty.jsonl")
    assert code == 1
    assert "These files have no article" in err
    code, _, err = run(capsys, "--articles", tmp_path / "none")
    assert code == 1
    assert "There is no file or folder" in err
    assert run(capsys, "--files", "0")[0] == 2
    code, _, err = run(capsys, "--files", "1", "--model", str(tmp_path / "none"))
    assert code == 1
    assert "A new process failed at 'record'" in err
    assert "Cannot load the model" in err
    assert not list(temporary.iterdir())


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_an_interruption_leaves_nothing(tmp_path: Path) -> None:
    words = [str(TAMNGU), "bench", "ingest", "--files", "3000"]
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True) as bench:
        try:
            wait_until(lambda: len(working(tmp_path)) == 1, bench.poll)
            # The signal goes to the command only; a terminal would send it to both processes.
            bench.send_signal(signal.SIGINT)
            _, errors = bench.communicate(timeout=PATIENCE_S)
        finally:
            bench.kill()
            left = working(tmp_path)
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    assert bench.returncode == 1
    assert not left
    assert errors.strip().startswith("Error: Interrupted")
    assert not list(tmp_path.iterdir())


def working(folder: Path) -> list[int]:
    """Return the ids of processes that name the folder in their command lines."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if f"\0{folder}/".encode() in line:
            found.append(int(path.parent.name))
    return found


def test_articles_are_drawn_from_all_sources_alike(tmp_path: Path) -> None:
    sources = [
        lines(tmp_path / "a.jsonl", "a", 50),
        lines(tmp_path / "b.jsonl", "b", 3),
        lines(tmp_path / "c.jsonl", "c", 50),
    ]
    assert write_articles(sources, 21, tmp_path / "one") == 21
    assert write_articles(sources, 21, tmp_path / "two") == 21
    one, two = (
        [path.read_text(encoding="utf-8") for path in sorted((tmp_path / name).iterdir())]
        for name in ("one", "two")
    )
    assert one == two
    assert [sum(text.startswith(name) for text in one) for name in "abc"] == [9, 3, 9]
    drawn = sorted(text for text in one if text.startswith("c"))
    assert drawn != sorted(f"c {i}\n\nBài số {i} của c nói về ASEAN." for i in range(9))
    assert write_articles(sources, 1000, tmp_path / "all") == 103


def test_other_files_are_copied_as_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    contents = {"a.md": b"# A\n\n*b*", "b.html": b"<p>c</p>", "c.txt": b"\xff\xfed\x00"}
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    assert write_articles([folder], 9, tmp_path / "out") == 3
    written = {path.suffix: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert written == {Path(name).suffix: data for name, data in contents.items()}


def test_made_articles_are_the_sample_and_then_others_of_their_kind(sample_folder: Path) -> None:
    count = len(list(sample_folder.iterdir()))
    texts = list(islice(made_articles(), 4 * count))
    assert len(set(texts)) == 4 * count
    assert texts == list(islice(made_articles(), 4 * count))
    rounds = [texts[start : start + count] for start in range(0, 4 * count, count)]
    lengths = [sum(map(len, some)) for some in rounds]
    assert min(lengths) > 0.95 * max(lengths)
    signatures = [signature(text) for text in texts]
    assert all(similarity(a, b) < THRESHOLD for a, b in combinations(signatures, 2))
