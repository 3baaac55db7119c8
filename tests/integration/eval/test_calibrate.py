"""``tamngu calibrate`` from the command line, and the use of its calibration."""

from __future__ import annotations

import gzip
import json
import re
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder, load_encoder
from embeddings.calibration.calibration import TOKEN_DIM
from embeddings.calibration.neutral_questions import neutral_questions
from embeddings.calibration.store import calibration_file, calibration_for, key_of, load
from rag import Collection, ingest, make_article, search
from rag.collection.check import check
from tamngu.cli.main import main

pytestmark = pytest.mark.slow

SENTENCES = {
    "vi": "Đoàn đại biểu số {n} tới dự phiên họp về hợp tác biển ở Hà Nội.",
    "zh": "第{n}个代表团抵达河内，出席关于海上合作的会议，并同东道主举行会谈。",
}
ARTICLES = [
    make_article("Việt Nam gia nhập ASEAN năm 1995. Lễ kết nạp ở Brunei.", key="k", id="vi"),
    make_article("东盟秘书处设在雅加达。秘书长任期五年。", key="k", id="zh"),
]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> Path:
    """A separate cache, and the session's model unless a test uses another."""
    monkeypatch.setenv("TAMNGU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("embeddings.load.load_encoder", lambda *_, **__: encoder)
    monkeypatch.setattr("embeddings.load.is_prepared", lambda *_: True)
    return tmp_path / "cache"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder with two corpora of ten texts, each in another language."""
    folder = tmp_path / "texts"
    folder.mkdir()
    for language, sentence in SENTENCES.items():
        with gzip.open(folder / f"news.{language}.txt.gz", "wt", encoding="utf-8") as file:
            for number in range(10):
                said = (sentence.format(n=10 * number + place) for place in range(5))
                file.write(" ".join(said) + "\n")
    return folder


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    asked = [{"id": str(n), "question": f"Đoàn số {n} tới đâu?", "answers": []} for n in range(8)]
    path = tmp_path / "questions.json"
    articles = [{"title": "t", "paragraphs": [{"context": "c", "qas": asked}]}]
    path.write_text(json.dumps({"data": articles}), encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["calibrate", *map(str, arguments)])
    output = capsys.readouterr()
    assert isinstance(ended.value.code, int | None)
    return ended.value.code or 0, output.out, output.err


def test_a_model_is_calibrated_into_a_file(
    capsys: pytest.CaptureFixture[str],
    texts: Path,
    questions: Path,
    tmp_path: Path,
    cache: Path,
    encoder: Encoder,
) -> None:
    out = tmp_path / "made" / "c.npz"
    asked = ("--questions", f"vi={questions}")
    code, said, err = run(capsys, "--texts", texts, *asked, "--out", out)
    assert (code, err) == (0, "")
    assert said == f"Calibrated {encoder.fingerprint} for vi, zh: {out}\n"
    assert [path.name for path in out.parent.iterdir()] == ["c.npz"]
    # The cache gets no calibration.
    assert not list(cache.glob("calibrations/*.npz"))
    made = load(out, key_of(encoder.fingerprint))
    assert made is not None
    assert sorted(made.questions) == ["en", "vi", "zh"]
    assert sorted(made.passages) == sorted(made.sentences) == ["vi", "zh"]
    for language, own in neutral_questions().items():
        expected = encoder.encode_questions(own).mean(axis=0)
        np.testing.assert_allclose(made.questions[language], expected, atol=1e-3)
    tokens = made.tokens
    assert tokens is not None
    assert tokens.projection.shape[1] == TOKEN_DIM
    assert sorted(tokens.passages) == ["vi", "zh"]
    # Tokens of every passage distinguish none of them.
    _, (passage,) = encoder.encode_passages_by_token(["Đoàn đại biểu"])
    assert not tokens.is_distinctive(passage.ids).any()
    # Tokens of every question have a low weight.
    _, (question,) = encoder.encode_questions_by_token(["tới đâu"])
    assert (tokens.weights_of(question.ids) < 0.2).all()


def test_the_same_texts_give_the_same_calibration(
    capsys: pytest.CaptureFixture[str], texts: Path, tmp_path: Path, encoder: Encoder
) -> None:
    digests = set()
    for name in ("a.npz", "b.npz"):
        asked = ("--texts", texts, "--per-language", "6", "--out", tmp_path / name)
        assert run(capsys, *asked)[0] == 0
        made = load(tmp_path / name, key_of(encoder.fingerprint))
        assert made is not None
        assert made.tokens is not None
        digests.add(made.tokens.digest)
    assert len(digests) == 1


def test_what_was_made_is_used_from_then_on(
    capsys: pytest.CaptureFixture[str], texts: Path, tmp_path: Path, encoder: Encoder
) -> None:
    home = tmp_path / "home"
    with closing(Collection.open_or_create(home, "before", encoder)) as before:
        ingest(before, ARTICLES)
        assert before.calibration.tokens is not None
    code, said, _ = run(capsys, "--texts", texts / "news.vi.txt.gz")
    path = calibration_file(encoder.fingerprint)
    assert (code, said.endswith(f" for vi: {path}\n")) == (0, True)
    assert sorted(calibration_for(encoder).passages) == ["vi"]
    with closing(Collection.open_or_create(home, "after", encoder)) as after:
        ingest(after, ARTICLES)
        assert after.calibration.tokens is not None
        hits = search(after, "ASEAN").hits
        assert {hit.article_id for hit in hits} == {"vi", "zh"}
        assert all("late" in hit.parts for hit in hits)
        assert check(after.directory, after.catalog).problems == []
    # Its stored tokens belong to another calibration, so the search does not use them.
    with closing(Collection.open(home, "before", encoder)) as before:
        assert before.calibration.tokens is None
        hits = search(before, "ASEAN").hits
        assert {hit.article_id for hit in hits} == {"vi", "zh"}
        assert all("late" not in hit.parts for hit in hits)


def test_a_model_of_few_dimensions_is_calibrated_too(
    capsys: pytest.CaptureFixture[str],
    texts: Path,
    small_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = load_encoder(str(small_model))
    monkeypatch.setattr("embeddings.load.load_encoder", lambda *_, **__: small)
    assert run(capsys, "--texts", texts, "--model", small_model)[0] == 0
    with closing(Collection.open_or_create(tmp_path / "home", "c", small)) as collection:
        assert ingest(collection, ARTICLES).added == 2
        assert len(search(collection, "ngoại giao").hits) == 2
        assert check(collection.directory, collection.catalog).problems == []


def test_wrong_use_is_said(
    capsys: pytest.CaptureFixture[str], texts: Path, questions: Path, tmp_path: Path
) -> None:
    out = ("--out", tmp_path / "c.npz")
    for words, match in (
        ((), "Missing option '--texts'"),
        (("--texts", tmp_path / "none"), "none' does not exist"),
        (("--texts", texts, "--questions", questions), "is not LANG=FILE"),
        (("--texts", texts, "--per-language", "many"), "is not a valid integer"),
        (("--texts", texts, "--out", tmp_path), "is a directory"),
        (("--texts", texts, "--model"), "requires an argument"),
    ):
        code, said, err = run(capsys, *out, *words)
        assert (code, said) == (2, "")
        assert re.search(match, " ".join(err.split()))
    assert not (tmp_path / "c.npz").exists()


def test_files_that_cannot_be_read_are_named(
    capsys: pytest.CaptureFixture[str], texts: Path, questions: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    broken = tmp_path / "pages.vi.txt.gz"
    broken.write_bytes(b"plain")
    plain = tmp_path / "questions.txt"
    plain.write_bytes(b"plain")
    for words, match in (
        (("--texts", empty), "has no corpus; give a folder"),
        (("--texts", questions), "has no corpus; give a folder"),
        (("--texts", broken), "Cannot read .*pages.vi.txt.gz"),
        (("--texts", texts, "--questions", f"vi={empty / 'none'}"), "Cannot read .*none"),
        (("--texts", texts, "--questions", f"vi={broken}"), "Cannot read .*pages.vi.txt.gz"),
        (("--texts", texts, "--questions", f"vi={plain}"), "is not in SQuAD's format"),
    ):
        code, said, err = run(capsys, *words, "--out", tmp_path / "c.npz")
        assert (code, said) == (1, "")
        assert re.search(match, " ".join(err.split()))
        assert err.startswith("Error: ")
    assert not (tmp_path / "c.npz").exists()


@pytest.mark.parametrize("count", ["0", "-5"])
def test_passages_have_to_be_read(
    count: str, capsys: pytest.CaptureFixture[str], texts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "c.npz"
    code, _, err = run(capsys, "--texts", texts, "--per-language", count, "--out", out)
    assert (code, out.exists()) == (2, False)
    assert "--per-language" in err


def test_corpora_without_a_passage_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with gzip.open(tmp_path / "stubs.vi.txt.gz", "wt", encoding="utf-8") as file:
        file.write("Ngắn.\n")
    out = tmp_path / "c.npz"
    code, _, err = run(capsys, "--texts", tmp_path, "--out", out)
    assert (code, out.exists()) == (1, False)
    assert "bug in Tamngu" not in err


def test_a_place_that_cannot_be_written_is_named(
    capsys: pytest.CaptureFixture[str], texts: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    out = tmp_path / "file" / "c.npz"
    code, _, err = run(capsys, "--texts", texts, "--per-language", "2", "--out", out)
    assert code == 1
    assert str(tmp_path / "file") in err
    assert "bug in Tamngu" not in err


def test_the_file_has_the_name_that_was_given(
    capsys: pytest.CaptureFixture[str], texts: Path, tmp_path: Path
) -> None:
    out = tmp_path / "made" / "calibration"
    assert run(capsys, "--texts", texts, "--per-language", "2", "--out", out)[0] == 0
    assert [path.name for path in out.parent.iterdir()] == ["calibration"]
