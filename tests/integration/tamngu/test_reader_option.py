"""``--reader`` of the commands that ask and search, and the packaged reader under ``models``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from embeddings import Encoder
from rag.retrieval.fusion import READ
from tamngu.cli.main import main
from tests.waiting import PATIENCE_S

QUESTION = "Việt Nam gia nhập ASEAN năm nào?"


@pytest.fixture(autouse=True)
def one_encoder(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands run in this process share the session's model; it takes seconds to load."""
    monkeypatch.setattr("embeddings.load.load_encoder", lambda *_: encoder)
    monkeypatch.delenv("TAMNGU_READER", raising=False)


@pytest.fixture
def place(sample_home: Path) -> tuple[str, ...]:
    return ("-c", "sample", "--home", str(sample_home))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    output = capsys.readouterr()
    assert isinstance(ended.value.code, int | None)
    return ended.value.code or 0, output.out, output.err


def made(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:  # noqa: ANN401
    code, out, err = run(capsys, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_an_answer_has_the_places_of_its_short_answers(
    capsys: pytest.CaptureFixture[str], place: tuple[str, ...]
) -> None:
    body = made(capsys, "ask", QUESTION, "--abstain-below", "0", *place)
    assert [hit for hit in body["hits"] if "answerable" in hit["parts"]] == body["hits"][:READ]
    quotes = {citation["marker"]: citation for citation in body["citations"]}
    for answer in body["answers"]:
        text = made(capsys, "articles", "show", answer["article_id"], *place)["text"]
        assert text[answer["start"] : answer["end"]] == answer["text"]
        proof = quotes[answer["citations"][0]]
        assert proof["article_id"] == answer["article_id"]
        assert proof["start"] <= answer["start"] < answer["end"] <= proof["end"]


def test_nothing_is_read_without_a_reader(
    capsys: pytest.CaptureFixture[str],
    place: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, words in ("packaged", ("--reader", "none")), ("none", ()):
        monkeypatch.setenv("TAMNGU_READER", name)
        body = made(capsys, "ask", QUESTION, *words, *place)
        assert body["answers"] == []
        assert body["citations"]
        assert not any("answerable" in hit["parts"] for hit in body["hits"])


def test_a_search_reads_only_when_asked_to(
    capsys: pytest.CaptureFixture[str], place: tuple[str, ...]
) -> None:
    words = ("search", QUESTION, "-k", "10", *place)
    assert not any("answerable" in hit["parts"] for hit in made(capsys, *words)["hits"])
    hits = made(capsys, *words, "--read")["hits"]
    assert ["answerable" in hit["parts"] for hit in hits] == [True] * READ + [False] * (10 - READ)
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)
    out = run(capsys, *words, "--read", "--explain")[1]
    assert out.count("read: holds the answer with probability ") == READ
    assert out.count("not read: stays below those that were read") == 10 - READ
    assert "read" not in run(capsys, *words, "--explain")[1]


@pytest.mark.parametrize("words", [("ask",), ("search", "--read"), ("demo", "--no-serve")])
def test_a_reader_that_is_none_is_one_sentence(
    words: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    place: tuple[str, ...],
    tmp_path: Path,
) -> None:
    name, *options = words
    asked = (QUESTION, *place) if name != "demo" else ("--home", str(tmp_path / "home"))
    code, out, err = run(capsys, name, *options, *asked, "--reader", str(tmp_path))
    assert (code, out) == (1, "")
    assert f"Error: Cannot load the reader: the folder {tmp_path} is not one" in err
    assert "Traceback" not in err


def test_a_rerank_endpoint_that_is_away_is_one_sentence(
    capsys: pytest.CaptureFixture[str], place: tuple[str, ...]
) -> None:
    code, out, err = run(capsys, "ask", QUESTION, "--reader", "http://127.0.0.1:1", *place)
    assert (code, out) == (1, "")
    assert err.startswith("Error: The rerank endpoint http://127.0.0.1:1 failed")


def test_a_missing_collection_is_found_before_the_reader_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("ask", QUESTION, "--home", str(tmp_path), "--reader", str(tmp_path))
    assert "There is no collection" in run(capsys, *words)[2]


@pytest.mark.slow
def test_a_cold_answer_imports_neither_torch_nor_transformers(place: tuple[str, ...]) -> None:
    tamngu = Path(sys.executable).with_name("tamngu")
    words: list[str | Path] = [sys.executable, "-X", "importtime", tamngu, "ask", QUESTION, *place]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr[-500:]
    imported = {line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert {"openvino", "reading", "rag"} <= imported
    assert not imported & {"torch", "transformers", "sentence_transformers"}


@pytest.mark.slow
def test_the_packaged_reader_is_prepared_listed_and_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    both = made(capsys, "models", "prepare")
    assert (both["kind"], both["source"]) == ("encoder", "packaged")
    reader = made(capsys, "models", "prepare", "--reader", "packaged")
    assert both["reader"] == reader
    assert (reader["kind"], reader["source"]) == ("reader", "tamngu-reader")
    assert Path(reader["directory"]).is_dir()
    listed = made(capsys, "models", "list")
    assert reader in listed
    assert both["directory"] in {each["directory"] for each in listed if each["kind"] == "encoder"}
    assert "\ntamngu-reader  reader  " in run(capsys, "models", "list")[1]
    shown = made(capsys, "models", "show", "--reader", "packaged")
    assert shown == made(capsys, "models", "show", "tamngu-reader")
    assert (shown["kind"], shown["model"], shown["max_tokens"]) == ("reader", "tamngu-reader", 192)
    assert shown["cosine_to_float32"] == reader["cosine_to_float32"]
