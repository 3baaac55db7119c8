from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import reading
from embeddings import EncoderOptions
from embeddings.errors import EncoderError, TamnguError
from reading import Reader, ReaderError, load_reader
from tests.unit.reading.tiny_models import save_cross_encoder, save_extractive

OPTIONS = EncoderOptions()

ADVICE = "Name packaged, none, an extractive model"


def loaded(name: str | None = None, options: EncoderOptions = OPTIONS) -> Reader:
    found = load_reader(name, options)
    assert found is not None
    return found


def test_none_is_no_reader() -> None:
    assert load_reader("none") is None


def test_the_packaged_one_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TAMNGU_READER", raising=False)
    for name in (None, "packaged"):
        reader = loaded(name)
        assert reader.name == "tamngu-reader"
        (found,) = reader.read("Họp ở đâu?", ["Họ họp ở Huế."])
        assert 0 < found.answerable < 1
        assert reader.count_tokens(["Huế"])[0] > 0
    assert loaded().digest == loaded("packaged").digest


def test_the_environment_names_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMNGU_READER", "none")
    assert load_reader() is None
    assert load_reader("packaged") is not None
    monkeypatch.setenv("TAMNGU_READER", "http://127.0.0.1:9#m")
    assert loaded().name == "http://127.0.0.1:9#m"
    monkeypatch.setenv("TAMNGU_READER", "")
    assert loaded().name == "tamngu-reader"


def test_a_wrong_option_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAMNGU_THREADS", "many")
    with pytest.raises(EncoderError, match="TAMNGU_THREADS"):
        load_reader("packaged")


@pytest.mark.slow
@pytest.mark.parametrize("save", [save_extractive, save_cross_encoder])
def test_the_description_of_a_folder_tells_its_kind(tmp_path: Path, save: type) -> None:
    reader = loaded(str(save(tmp_path)))
    (found,) = reader.read("Họp ở đâu?", ["Họ họp ở Huế."])
    assert bool(found.spans) == (save is save_extractive)


@pytest.mark.slow
@pytest.mark.parametrize("content", [None, "{", "[]", "{}", '{"model_type": "no-such-type"}'])
def test_a_folder_that_is_no_model_says_what_is_one(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "config.json").write_text(content)
    reader = loaded(str(tmp_path))
    with pytest.raises(ReaderError, match=f"the folder {tmp_path} is not one .*{ADVICE}"):
        reader.read("?", ["x"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["/no/such/folder", "two words", "x" * 300, "./", "-"])
def test_a_wrong_name_says_what_is_one(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    reader = loaded(name)
    for _ in range(2):
        with pytest.raises(ReaderError, match=ADVICE):
            reader.read("?", ["x"])
    for ask in (lambda: reader.name, lambda: reader.digest, lambda: reader.count_tokens(["x"])):
        with pytest.raises(ReaderError, match=ADVICE):
            ask()


@pytest.mark.slow
def test_an_encoder_is_refused(small_model: Path) -> None:
    with pytest.raises(ReaderError, match=f"is a BertModel. {ADVICE}"):
        loaded(str(small_model)).read("?", ["x"])


@pytest.mark.slow
def test_many_threads_load_one_reader(tmp_path: Path) -> None:
    reader = loaded(str(save_extractive(tmp_path)))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: reader.read("Ở đâu?", ["Huế"])[0].answerable, range(8)))
    assert len(set(found)) == 1


def test_its_errors_are_errors_of_the_project() -> None:
    assert issubclass(ReaderError, TamnguError)


def test_the_package_hands_on_its_names_only() -> None:
    assert reading.Reading(0.5).spans == ()
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        _ = reading.no_such_name


def test_naming_a_reader_loads_nothing_heavy() -> None:
    program = (
        "import sys, reading\n"
        "assert reading.load_reader('packaged') and reading.AnswerSpan and reading.Reader\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    found = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).resolve().parents[3],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"numpy", "torch", "transformers", "openvino", "safetensors", "rag"}
    assert not heavy & set(found.stdout.split())
