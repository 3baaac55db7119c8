"""The command line as a process of its own, and its errors in this one."""

from __future__ import annotations

import io
import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from api.server.listening import bind
from embeddings import Encoder, load_encoder
from rag import Collection
from tests.conftest import GOLD, SHARED
from tests.integration.tamngu.command import run
from tests.waiting import PATIENCE_S, wait_until

TAMNGU = Path(sys.executable).with_name("tamngu")


@pytest.fixture(autouse=True)
def one_encoder(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in this process share the session's model; it takes seconds to load."""
    monkeypatch.setattr("embeddings.load.load_encoder", lambda *_: encoder)


@pytest.mark.slow
def test_a_process_ingests_and_answers(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("Lào gia nhập ASEAN năm 1997.", encoding="utf-8")
    home = ["--home", str(tmp_path / "home")]
    for words in (["ingest", str(tmp_path / "in"), *home], ["ask", "Lào?", "--json", *home]):
        done = subprocess.run([TAMNGU, *words], capture_output=True, text=True, timeout=PATIENCE_S)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    body = json.loads(done.stdout)
    assert list(body) == [
        *("question", "language", "answer", "abstained"),
        *("confidence", "citations", "hits", "took_ms", "written_by", "notice", "answers"),
        *("script", "searched", "carried", "notices"),
    ]
    assert body["citations"][0]["quote"] == "Lào gia nhập ASEAN năm 1997."


def stored(catalog: Path) -> int:
    """Return how many articles a catalog has, that another process may be making."""
    try:
        with closing(sqlite3.connect(f"file:{catalog}?mode=rw", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


@pytest.mark.slow
def test_an_interrupted_ingest_keeps_what_is_stored_and_goes_on(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": str(i), "text": f"Bài số {i}. " + f"Câu {i} nói về ngoại giao."})
        for i in range(4000)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    words: list[str | Path] = [TAMNGU, "ingest", tmp_path / "a.jsonl", "--home", tmp_path / "home"]
    catalog = tmp_path / "home" / "collections" / "default" / "catalog.db"
    with subprocess.Popen(
        words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            wait_until(lambda: stored(catalog) > 0, child.poll)
            child.send_signal(signal.SIGINT)
            _, errors = child.communicate(timeout=PATIENCE_S)
        finally:
            child.kill()
    assert child.returncode == 1
    assert errors.strip().endswith("Interrupted. What was stored before is kept.")
    shown: list[str | Path] = [
        TAMNGU,
        "collections",
        "stats",
        "--json",
        "--home",
        tmp_path / "home",
    ]
    done = subprocess.run(shown, capture_output=True, text=True, timeout=PATIENCE_S)
    assert 0 < json.loads(done.stdout)["languages"]["vi"]["articles"] < 4000


def test_help_lists_the_commands_of_all_packages(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for command in ("articles", "ask", "collections", "demo", "eval", "ingest", "search", "serve"):
        assert f"  {command} " in out


def test_search_prints_the_contract(capsys: pytest.CaptureFixture[str], sample_home: Path) -> None:
    words = ("search", "Who", "signed?", "-c", "sample", "--home", sample_home)
    code, out, _ = run(capsys, *words, "--json", "-k", "3")
    assert code == 0
    body = json.loads(out)
    assert list(body) == [
        *("question", "language", "took_ms", "hits", "notice", "script"),
        *("searched", "carried", "notices"),
    ]
    assert body["question"] == "Who signed?"
    assert list(body["hits"][0]) == [
        *("rank", "score", "parts", "passage_id", "article_id", "title", "url", "source"),
        *("published_at", "language", "start", "end", "text", "evidence", "also_at", "page"),
        "script",
    ]
    assert list(body["hits"][0]["evidence"][0]) == ["start", "end", "quote", "score"]
    code, out, _ = run(capsys, *words)
    assert body["hits"][0]["title"] in out


def test_citations_check_against_articles_show(
    capsys: pytest.CaptureFixture[str], sample_home: Path
) -> None:
    common = ("-c", "sample", "--home", sample_home, "--json")
    _, out, _ = run(capsys, "ask", "Việt Nam gia nhập ASEAN năm nào?", *common)
    citations = json.loads(out)["citations"]
    assert citations
    for citation in citations:
        _, shown, _ = run(capsys, "articles", "show", citation["article_id"], *common)
        text = json.loads(shown)["text"]
        assert text[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["ask", ""], 2, "The question is empty"),
        (["ask", "ASEAN", "-c", "none"], 1, "There is no collection 'none'"),
        (["ask", "ASEAN", "-c", "../x"], 2, "cannot name a collection"),
        (["ask", "ASEAN", "--language", "Tiếng Việt"], 2, "not a language tag"),
        (["search", "ASEAN", "--languages", "xx"], 2, "'xx' is not a language tag"),
        (["search", "ASEAN", "--languages", "vi,chinese"], 2, "did you mean zh?"),
        (["ask", "ASEAN", "--from", "2025-02-01", "--to", "2025-01-31"], 2, "is after"),
        (["search", "ASEAN", "-k", "0"], 2, "-k"),
        (["ask"], 2, "QUESTION"),
        (["nonsense"], 2, "nonsense"),
        (["ingest", "/no/such/path"], 1, "There is no file or folder"),
        (["articles", "show", "nothing"], 1, "There is no article 'nothing'"),
        (["eval", "run", "--gold", "trec:x"], 2, "xquad:DIR, squad:FILE"),
        (["eval", "run", "--gold", "xquad:/no/such"], 1, "Cannot read"),
        (["serve", "-c", "none"], 1, "There is no collection 'none'"),
        (["serve", "--host", "0.0.0.0"], 2, "First create a key"),
    ],
)
def test_an_error_is_one_sentence_and_a_code(
    words: list[str],
    code: int,
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    sample_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TAMNGU_HOME", str(sample_home))
    if words[0] in ("ask", "search", "articles") and "-c" not in words:
        words = [*words, "-c", "sample"]
    found, out, err = run(capsys, *words)
    assert (found, out) == (code, "")
    assert sentence in err
    assert "Traceback" not in err
    assert "Error: " in err.splitlines()[-1]


@pytest.mark.parametrize("command", ["search", "ask"])
@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--source", "No Such Desk"], "There is no source 'No Such Desk' in this collection"),
        (["--tag", "qwerty"], "There is no tag 'qwerty' in this collection"),
        (["--article", "qwerty"], "There is no article 'qwerty' in this collection"),
        (["--languages", "fr"], "no article in the language 'fr'; it has en, vi, zh."),
        (["--languages", "vie，eng"], "The language 'vie' is read as vi."),
        (["--from", "2090-01-01"], "were published from"),
    ],
)
def test_a_condition_that_names_nothing_is_said_beside_the_result(
    command: str,
    options: list[str],
    sentence: str,
    capsys: pytest.CaptureFixture[str],
    sample_home: Path,
) -> None:
    words = [command, "ASEAN", *options, "-c", "sample", "--home", str(sample_home)]
    code, out, err = run(capsys, *words)
    assert code == 0
    assert (out + err).count(sentence) == 1
    assert sentence in err
    code, out, err = run(capsys, *words, "--json")
    assert sentence in json.loads(out)["notice"]
    assert sentence in err


@pytest.mark.parametrize(
    ("question", "encoding"),
    [
        ("Lào gia nhập ASEAN năm nào?", "utf-8"),
        ("Lào gia nhập ASEAN năm nào?", "utf-8-sig"),
        ("Lào gia nhập ASEAN năm nào?", "utf-16"),
        ("东帝汶什么时候加入东盟？", "gb18030"),
        ("東帝汶什麼時候加入東協？", "big5"),
    ],
)
def test_a_question_comes_from_standard_input_in_the_encoding_of_its_system(
    question: str,
    encoding: str,
    capsys: pytest.CaptureFixture[str],
    sample_home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = io.BytesIO(f"{question}\r\n".encode(encoding))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(data))
    words = ("search", "-", "-c", "sample", "--home", sample_home, "--json", "-k", "1")
    code, out, _ = run(capsys, *words)
    assert code == 0
    assert json.loads(out)["question"] == question


def test_standard_input_that_is_no_text_is_refused(
    capsys: pytest.CaptureFixture[str], sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(bytes(range(256)))))
    code, _, err = run(capsys, "ask", "-", "-c", "sample", "--home", sample_home)
    assert code == 2
    assert "standard input cannot be read: it has binary data, not text. Send UTF-8." in err


def test_a_wrong_reader_is_refused_when_the_tools_are_started(
    capsys: pytest.CaptureFixture[str], sample_home: Path
) -> None:
    words = ("mcp", "-c", "sample", "--home", sample_home, "--reader", "./none")
    code, out, err = run(capsys, *words)
    assert (code, out) == (1, "")
    assert err.startswith("Error: Cannot load the reader ./none: there is no such folder.")


def test_a_port_in_use_is_refused_before_a_model_is_loaded(
    capsys: pytest.CaptureFixture[str], sample_home: Path
) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        for workers in ("1", "2"):
            words = ("serve", "-c", "sample", "--home", sample_home, "--port", port)
            # A model that is not there would be named if it were looked for first.
            code, _, err = run(capsys, *words, "--workers", workers, "--model", "./none")
            assert code == 1
            assert f"Cannot listen at port {port}" in err


@pytest.mark.slow
def test_ten_megabytes_of_question_are_refused(sample_home: Path) -> None:
    words: list[str | Path] = [TAMNGU, "ask", "-", "-c", "sample", "--home", sample_home]
    done = subprocess.run(words, input=b"x" * 10_000_000, capture_output=True, timeout=PATIENCE_S)
    assert done.returncode == 2
    assert b"at most 10,000 can be asked" in done.stderr


@pytest.mark.slow
def test_a_collection_of_another_model_is_refused(sample_home: Path, small_model: Path) -> None:
    words: list[str | Path] = [
        TAMNGU,
        "ask",
        "ASEAN",
        "-c",
        "sample",
        "--home",
        sample_home,
        "--model",
        small_model,
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 1
    assert "multilingual-e5-small" in done.stderr
    assert str(small_model) in done.stderr
    # The first line may say that the model is being prepared.
    assert done.stderr.strip().splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_collection_of_another_model_is_not_served(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, small_model: Path
) -> None:
    Collection.open_or_create(tmp_path, "c", load_encoder(str(small_model))).close()
    code, out, err = run(capsys, "serve", "-c", "c", "--home", tmp_path, "--port", "0")
    assert (code, out) == (1, "")
    assert "was built with" in err


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, _, err = run(capsys, "ask", "x", "--debug", "--home", tmp_path)
    assert "Traceback" in err


def test_articles_are_listed_and_deleted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text("---\nid: one\n---\nMột bài về ASEAN.", encoding="utf-8")
    home = ("--home", tmp_path / "home")
    run(capsys, "ingest", tmp_path / "a.md", *home)
    assert run(capsys, "articles", "list", *home)[1] == "one  vi  -  Một bài về ASEAN.\n"
    assert run(capsys, "collections", "list", *home)[1] == "default\n"
    assert run(capsys, "articles", "delete", "one", *home)[0] == 0
    assert run(capsys, "articles", "list", *home)[1] == ""
    assert json.loads(run(capsys, "search", "ASEAN", "--json", *home)[1])["hits"] == []


@pytest.mark.slow
def test_the_shared_articles_answer_questions_in_three_languages(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    if not (SHARED / "articles").is_dir():
        pytest.skip("the shared articles are not beside the repository")
    home = ("--home", tmp_path / "home")
    assert run(capsys, "ingest", SHARED / "articles", *home)[0] == 0
    for question, source, words in (
        ("Thứ trưởng Hà Kim Ngọc gặp ai ở New York?", "Soha", "Guterres"),
        ("越南在哪几个月担任安理会主席国？", "越通社", "2021年4月"),
        ("Whom did Deputy Minister Ha Kim Ngoc meet at the UN headquarters?", "Soha", "Guterres"),
    ):
        _, out, _ = run(capsys, "ask", question, "--json", *home)
        body = json.loads(out)
        sources = {hit["passage_id"]: hit["source"] for hit in body["hits"]}
        first = body["citations"][0]
        assert sources[first["passage_id"]] == source
        assert ".txt" not in body["answer"]
        assert words in " ".join(citation["quote"] for citation in body["citations"])
        for citation in body["citations"]:
            _, shown, _ = run(capsys, "articles", "show", citation["article_id"], "--json", *home)
            text = json.loads(shown)["text"]
            assert text[citation["start"] : citation["end"]] == citation["quote"]


@pytest.mark.slow
def test_eval_runs_the_sample_gold_set(
    capsys: pytest.CaptureFixture[str], sample_home: Path
) -> None:
    words = ("eval", "run", "--gold", f"jsonl:{GOLD}", "-c", "sample", "--home", sample_home)
    # The page on evaluation, whose commands are run too, reads the passages.
    code, out, _ = run(capsys, *words, "--reader", "none", "--json")
    assert code == 0
    body = json.loads(out)
    assert body["questions"] == 105
    assert len(body["single"]) == 9
    assert body["answers"]["citations"] == body["answers"]["citations_verified"] > 100
    assert 0 < body["mixed"]["vi"]["same_language_share@10"] < 1


@pytest.mark.slow
def test_a_collection_is_checked_moved_and_encoded_anew(
    capsys: pytest.CaptureFixture[str], sample_home: Path, tmp_path: Path
) -> None:
    file, home = tmp_path / "sample.zip", ("--home", tmp_path / "home")
    words = ("collections", "export", file, "-c", "sample", "--home", sample_home, "--json")
    assert json.loads(run(capsys, *words)[1])["articles"] == 39
    code, _, error = run(capsys, *words)
    assert (code, error.count("\n")) == (1, 1)
    code, out, _ = run(capsys, "collections", "import", file, "-c", "moved", *home)
    assert (code, out.count("39 articles")) == (0, 1)
    assert run(capsys, "collections", "import", file, "-c", "moved", *home)[0] == 1
    for command in ("check", "compact", "reindex", "check"):
        code, out, error = run(capsys, "collections", command, "-c", "moved", *home)
        assert (code, error) == (0, ""), command
    code, out, _ = run(capsys, "collections", "check", "-c", "moved", *home, "--json")
    assert json.loads(out)["problems"] == []
    code, out, _ = run(capsys, "collections", "stats", "-c", "moved", *home, "--json")
    index = json.loads(out)["index"]
    assert {segment["kind"] for segment in index["languages"].values()} == {"flat"}
    assert (index["added"], index["removed"]) == (0, 0)
    searched = [
        json.loads(run(capsys, "search", "ASEAN", "-c", name, *place, "--json")[1])["hits"]
        for name, place in (("sample", ("--home", sample_home)), ("moved", home))
    ]
    ids = [[hit["passage_id"] for hit in hits] for hits in searched]
    assert ids[0] == ids[1]
