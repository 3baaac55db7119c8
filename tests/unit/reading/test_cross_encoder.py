from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sentence_transformers import CrossEncoder
from transformers import AutoModelForSequenceClassification

from embeddings import EncoderOptions
from reading import Reader, ReaderError, load_reader
from tests.unit.reading.tiny_models import save_cross_encoder

pytestmark = pytest.mark.slow

QUESTION = "Ở đâu?"
WINDOWS = ["Họ họp ở Huế.", "", "会议在顺化举行。", "It was Hue, they say."]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_cross_encoder(tmp_path_factory.mktemp("cross-encoder"))


@pytest.fixture(scope="module")
def reader(folder: Path) -> Reader:
    return loaded(folder)


def loaded(folder: Path, options: EncoderOptions | None = None) -> Reader:
    found = load_reader(str(folder), options or EncoderOptions(question_cache=0))
    assert found is not None
    return found


def test_its_score_is_the_probability_and_it_marks_no_places(reader: Reader, folder: Path) -> None:
    readings = reader.read(QUESTION, WINDOWS)
    scores = CrossEncoder(str(folder)).predict(
        [(QUESTION, window) for window in WINDOWS], activation_fn=torch.nn.Sigmoid()
    )
    assert [each.answerable for each in readings] == pytest.approx(scores.tolist(), abs=1e-5)
    assert len({each.answerable for each in readings}) == len(WINDOWS)
    assert not any(each.spans for each in readings)
    assert reader.read(QUESTION, []) == ()


@settings(max_examples=20)
@given(st.text(st.characters(), max_size=200), st.lists(st.text(st.characters()), max_size=3))
def test_any_text_can_be_judged(reader: Reader, question: str, windows: list[str]) -> None:
    readings = reader.read(question, windows)
    assert len(readings) == len(windows)
    assert all(0 <= each.answerable <= 1 for each in readings)


def test_what_is_longer_than_the_model_reads_is_cut(reader: Reader) -> None:
    assert len(reader.read("Ai họp ở đâu? " * 50, ["Họ họp ở Huế. " * 500])) == 1


def test_tokens_are_counted_without_special_ones(reader: Reader) -> None:
    assert reader.count_tokens(["Huế", "", "\ud800", "a" * 1000]) == [5, 0, 3, 1000]
    assert reader.count_tokens([]) == []


def test_it_is_known_by_its_folder_and_what_is_in_it(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    assert reader.name == str(folder)
    assert reader.digest == loaded(folder).digest
    copy = save_cross_encoder(tmp_path)
    before = loaded(copy).digest
    model = AutoModelForSequenceClassification.from_pretrained(copy)
    with torch.no_grad():
        model.classifier.bias += 1
    model.save_pretrained(copy)
    assert loaded(copy).digest != before


def test_a_model_with_several_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="gives 3 scores for a passage; a reader needs one"):
        loaded(save_cross_encoder(tmp_path, scores=3)).read(QUESTION, WINDOWS)


def test_a_folder_without_weights_is_one_error(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    with pytest.raises(ReaderError, match="Cannot load the reader"):
        loaded(tmp_path).read(QUESTION, WINDOWS)


def test_a_device_that_is_not_there_is_one_error(folder: Path) -> None:
    with pytest.raises(ReaderError, match="Cannot load the reader"):
        loaded(folder, EncoderOptions(device="no-such-device")).read(QUESTION, WINDOWS)
