"""``tamngu eval`` from gold set to report, on small sets and the real model."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from embeddings import Encoder
from rag import Collection
from tamngu.cli.main import main
from tests.conftest import GOLD

pytestmark = pytest.mark.slow

TEXTS = {
    "vi": [
        ("Hà Nội là thủ đô của Việt Nam, bên sông Hồng.", "Thủ đô của Việt Nam là gì?"),
        ("Mèo ngủ trên mái nhà suốt buổi chiều.", "Con vật nào ngủ trên mái nhà?"),
        ("Giá cà phê tăng mạnh trong tháng Ba.", "Giá của mặt hàng nào tăng?"),
    ],
    "zh": [
        ("河内是越南的首都，位于红河边。", "越南的首都是哪里？"),
        ("猫整个下午都在屋顶上睡觉。", "什么动物在屋顶上睡觉？"),
        ("三月份咖啡价格大幅上涨。", "什么商品涨价了？"),
    ],
    "en": [
        ("Hanoi, on the Red River, is the capital of Viet Nam.", "What is Viet Nam's capital?"),
        ("The cat slept on the roof all afternoon.", "Which animal slept on the roof?"),
        ("Coffee prices rose sharply in March.", "The price of which good rose?"),
    ],
}


@pytest.fixture(autouse=True)
def one_encoder(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """All commands use the session's model, because loading one takes seconds."""
    monkeypatch.setattr("embeddings.load.load_encoder", lambda *_, **__: encoder)


@pytest.fixture
def xquad(tmp_path: Path) -> str:
    folder = tmp_path / "xquad"
    folder.mkdir()
    for language, rows in TEXTS.items():
        paragraphs = [
            {"context": text, "qas": [{"id": str(n), "question": asked, "answers": []}]}
            for n, (text, asked) in enumerate(rows)
        ]
        content = json.dumps({"data": [{"paragraphs": paragraphs}]})
        (folder / f"xquad.{language}.json").write_text(content)
    return f"xquad:{folder}"


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["eval", *(str(argument) for argument in arguments)])
    output = capsys.readouterr()
    assert isinstance(ended.value.code, int | None)
    return ended.value.code or 0, output.out, output.err


def made(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:  # noqa: ANN401
    code, out, err = run(capsys, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_runs_are_saved_compared_reported_and_gated(
    xquad: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hybrid, dense = tmp_path / "hybrid.json", tmp_path / "dense.json"
    found = made(capsys, "run", "--gold", xquad, "--out", hybrid)
    assert found["questions"] == 9
    assert found["reader"].startswith("tamngu-reader (")
    assert {"single", "mixed", "mean", "latency", "took_s"} <= found.keys()
    assert found["single"]["vi->zh"].keys() == {"r@1", "r@10", "mrr@10", "ndcg@10"}
    made(capsys, "run", "--gold", xquad, "--ranking", "dense", "--out", dense)

    compared = made(capsys, "compare", dense, hybrid)
    assert compared["notices"] == [
        f"reader: none -> {found['reader']}",
        "ranking: dense -> hybrid",
    ]
    assert {each["name"] for each in compared["differences"]} >= {"mono r@1", "cross r@1"}
    same = made(capsys, "compare", hybrid, hybrid)
    assert {each["verdict"] for each in same["differences"]} == {"no difference"}
    assert {each["delta"] for each in same["differences"]} == {0}

    page, table = tmp_path / "page.html", tmp_path / "table.md"
    assert run(capsys, "report", hybrid, dense, "--html", page, "--md", table)[0] == 0
    assert "<svg" in page.read_text(encoding="utf-8")
    assert table.read_text(encoding="utf-8").count("| hybrid |") == 1

    limits = ("--min", "cross_r@1=.5", "--max", "latency.p50_ms=9999")
    assert run(capsys, "gate", hybrid, *limits)[0] == 0
    code, out, err = run(capsys, "gate", hybrid, "--min", "mono_r@1=1.1")
    assert code == 1
    assert "FAILS  mono_r@1" in out
    assert "1 of 1 figures are beyond their limits" in err
    code, _, err = run(capsys, "gate", hybrid, "--min", "mono_r=1")
    assert code == 2
    assert "mono_r@1" in err


def test_a_trec_run_scores_as_the_run_it_was_written_from(
    xquad: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trec = tmp_path / "run.trec"
    # A reader also reads the best of each language alone, which a run file does not tell apart.
    found = made(capsys, "run", "--gold", xquad, "--trec", trec, "--reader", "none")
    scored = made(capsys, "score", trec, "--gold", xquad)
    for name in ("single", "mixed", "mean"):
        assert scored[name] == found[name]
    code, qrels, _ = run(capsys, "qrels", xquad)
    assert code == 0
    (tmp_path / "qrels").write_text(qrels)
    by_qrels = made(capsys, "score", trec, "--qrels", tmp_path / "qrels")
    assert by_qrels["mixed"]["any"]["map"] == pytest.approx(found["mean"]["mixed_map"], abs=1e-3)


def test_all_ways_are_compared_with_and_without_reading(
    xquad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    mean = made(capsys, "run", "--gold", xquad, "--ablate")["mean"]
    plain = made(capsys, "run", "--gold", xquad, "--ablate", "--reader", "none")["mean"]
    assert mean.keys() == {*plain, "hybrid without reading"}
    assert mean["hybrid without reading"] == plain["hybrid"]
    for ranking in ("dense", "bm25", "passages"):
        assert mean[ranking] == plain[ranking]


def test_a_sweep_measures_the_best_on_the_other_half(
    xquad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = made(capsys, "sweep", "--gold", xquad, "--set", "late=0,.6", "--set", "lexical=.3")
    assert [each["settings"] for each in found["tried"]] == [
        {},
        {"late": "0", "lexical": ".3"},
        {"late": ".6", "lexical": ".3"},
    ]
    assert found["best"]["chosen_by"] == max(each["chosen_by"] for each in found["tried"])
    assert found["difference"]["name"] == "mixed map"


def test_a_sweep_of_models_keeps_the_default_weights(
    xquad: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = made(capsys, "sweep", "--gold", xquad, "--set", "model=another")
    default, other = found["tried"]
    assert other["settings"] == {"model": "another"}
    # Every name loads the session's model here.
    assert (other["chosen_by"], other["held_out"]) == (default["chosen_by"], default["held_out"])


def test_the_rankings_of_tamngu_are_compared_in_one_run(
    xquad: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = made(capsys, "peers", "--gold", xquad, "--out", tmp_path / "runs")
    assert [row["system"] for row in rows] == ["tamngu", "dense", "bm25"]
    assert all(row["query_p50_ms"] > 0 for row in rows)
    assert len(list((tmp_path / "runs").iterdir())) == 3


def test_a_collections_articles_are_swept_and_drafted(
    sample_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = tmp_path / "few.jsonl"
    few.write_text("\n".join(GOLD.read_text(encoding="utf-8").splitlines()[::7]), encoding="utf-8")
    home: list[str | Path] = ["--home", sample_home, "--collection", "sample"]
    swept = ["--set", "passage_tokens=60", "--metric", "mixed_any@1"]
    found = made(capsys, "sweep", "--gold", f"jsonl:{few}", *swept, *home)
    assert len(found["tried"]) == 2

    out = tmp_path / "draft.jsonl"
    assert run(capsys, "init", "--out", out, "--questions", "6", *home)[0] == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {line["language"] for line in lines} == {"vi", "zh", "en"}
    code, _, err = run(capsys, "run", "--gold", f"jsonl:{out}", *home)
    assert code == 1
    assert "6 faults: line 1: it has no string named question" in err
    for line in lines:
        line["question"] = line["relevant"][0]["quote"]
    filled = tmp_path / "filled.jsonl"
    filled.write_text("\n".join(json.dumps(line) for line in lines))
    figures = made(capsys, "run", "--gold", f"jsonl:{filled}", *home)
    assert figures["reader"].startswith("tamngu-reader (")
    assert figures["mean"]["mono_r@1"] == 1
    assert figures["answers"]["citations_verified"] == figures["answers"]["citations"] > 0
    assert run(capsys, "init", "--out", out, *home)[0] == 1


def test_an_empty_collection_drafts_nothing(
    empty: Collection, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "draft.jsonl"
    code, _, err = run(capsys, "init", "--out", out, "--home", tmp_path / "home")
    assert code == 1
    assert "ingest articles" in err
    assert not out.exists()


def test_help_does_not_wait_for_indexes() -> None:
    imported = (
        "import sys, eval.cli; sys.exit(bool({'faiss', 'torch', 'openvino'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", imported], check=False).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["run", "--gold", "trec:x"], 2, "not a gold set"),
        (["run", "--gold", f"jsonl:{GOLD}", "--ablate"], 2, "a gold set with its own texts"),
        (["run", "--gold", f"jsonl:{GOLD}", "--plain", "--words"], 2, "not both"),
        (["run", "--gold", "xquad:x", "--plain", "--confidence"], 2, "have no confidence"),
        (["sweep", "--gold", f"jsonl:{GOLD}", "--set", "late=.1"], 1, "is not NAME=VALUE"),
        (["peers", "--gold", f"jsonl:{GOLD}"], 2, "its own texts"),
        (["peers", "--gold", "xquad:x", "--with", "lucene"], 2, "no system 'lucene'"),
        (["gate", str(GOLD), "--min", "x=1"], 1, "is not a run"),
        (["gate", str(GOLD)], 2, "Give a limit"),
        (["compare", str(GOLD), str(GOLD)], 1, "is not a run"),
        (["score", str(GOLD)], 2, "either --qrels or --gold"),
    ],
)
def test_what_cannot_be_done_is_one_clear_error(
    arguments: list[str], code: int, error: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found, _, err = run(capsys, *arguments)
    assert (found, error in err) == (code, True), err
    assert "Traceback" not in err
