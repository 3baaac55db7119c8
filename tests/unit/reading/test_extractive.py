from __future__ import annotations

import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from embeddings import EncoderOptions
from reading import Reader, ReaderError, load_reader
from reading.extractive import ExtractiveReader
from tests.unit.reading.places import check
from tests.unit.reading.tiny_models import POSITIONS, save_extractive

pytestmark = pytest.mark.slow

QUESTION = "Ở đâu?"
WINDOWS = ["Họ họp ở Huế.", "", "会议在顺化举行。", "It was Hue, they say."]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_extractive(tmp_path_factory.mktemp("extractive"))


@pytest.fixture(scope="module")
def reader(folder: Path) -> Reader:
    loaded = load_reader(str(folder), EncoderOptions(question_cache=0))
    assert loaded is not None
    return loaded


def test_places_and_probabilities_are_the_models_own(reader: Reader, folder: Path) -> None:
    window = WINDOWS[0]
    (reading,) = reader.read(QUESTION, [window])
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForQuestionAnswering.from_pretrained(folder).eval()
    encoded = tokenizer(QUESTION, window, return_offsets_mapping=True, return_tensors="pt")
    offsets = encoded.pop("offset_mapping")[0].tolist()
    with torch.no_grad():
        found = model(**encoded)
    starts, ends = found.start_logits[0], found.end_logits[0]
    own = [n for n, each in enumerate(encoded.sequence_ids(0)) if each == 1]
    margin = float(starts[own].max() + ends[own].max() - starts[0] - ends[0])
    assert reading.answerable == pytest.approx(1 / (1 + math.exp(-margin)), abs=1e-5)
    first, last = max(
        ((a, b) for a in own for b in own if 0 <= b - a < 32),
        key=lambda place: float(starts[place[0]] + ends[place[1]]),
    )
    best = reading.spans[0]
    assert offsets[first][0] <= best.start < best.end <= offsets[last][1]
    check(window, reading)


def test_readings_come_in_the_order_of_the_windows(reader: Reader) -> None:
    together = reader.read(QUESTION, WINDOWS)
    assert len(together) == len(WINDOWS)
    for window, reading in zip(WINDOWS, together, strict=True):
        (alone,) = reader.read(QUESTION, [window])
        assert alone.answerable == pytest.approx(reading.answerable, abs=1e-4)
        check(window, reading)
    assert together[1].answerable == 0
    assert together[1].spans == ()
    assert reader.read(QUESTION, []) == ()


@settings(max_examples=30)
@given(st.text(st.characters(), max_size=200), st.lists(st.text(st.characters()), max_size=3))
def test_any_text_can_be_read(reader: Reader, question: str, windows: list[str]) -> None:
    readings = reader.read(question, windows)
    assert len(readings) == len(windows)
    for window, reading in zip(windows, readings, strict=True):
        check(window, reading)


def test_what_is_longer_than_the_model_reads_is_cut(reader: Reader) -> None:
    (reading,) = reader.read("Ai họp ở đâu? " * 50, ["Họ họp ở Huế. " * 500])
    check("Họ họp ở Huế. " * 500, reading)
    assert all(span.end < POSITIONS for span in reading.spans)


def test_tokens_are_counted_without_special_ones(reader: Reader) -> None:
    assert reader.count_tokens(["Huế", "", "\ud800", "a" * 1000]) == [5, 0, 3, 1000]
    assert reader.count_tokens([]) == []


def test_many_threads_may_read(reader: Reader) -> None:
    expected = [each.answerable for each in reader.read(QUESTION, WINDOWS)]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: reader.read(QUESTION, WINDOWS), range(12)))
        counted = list(pool.map(lambda _: reader.count_tokens(WINDOWS), range(12)))
    for some in found:
        assert [each.answerable for each in some] == pytest.approx(expected, abs=1e-4)
    assert all(counts == counted[0] for counts in counted)


def test_it_is_known_by_its_place_and_its_weights(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    assert reader.name == str(folder)
    copy = ExtractiveReader(str(save_extractive(tmp_path)), EncoderOptions())
    assert reader.digest == copy.digest
    model = AutoModelForQuestionAnswering.from_pretrained(tmp_path)
    with torch.no_grad():
        model.qa_outputs.bias += 1
    model.save_pretrained(tmp_path)
    assert ExtractiveReader(str(tmp_path), EncoderOptions()).digest != copy.digest


def test_a_folder_without_weights_is_one_error(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((folder / "config.json").read_bytes())
    loaded = load_reader(str(tmp_path), EncoderOptions(question_cache=0))
    assert loaded is not None
    with pytest.raises(ReaderError, match=r"Cannot load the reader .*leave out the reader"):
        loaded.read(QUESTION, WINDOWS)


def test_a_device_that_is_not_there_is_one_error(folder: Path) -> None:
    with pytest.raises(ReaderError, match="Cannot load the reader"):
        ExtractiveReader(str(folder), EncoderOptions(device="no-such-device"))


def test_a_model_that_only_gives_vectors_is_refused(folder: Path, tmp_path: Path) -> None:
    described = json.loads((folder / "config.json").read_text())
    described["architectures"] = ["BertModel"]
    (tmp_path / "config.json").write_text(json.dumps(described))
    loaded = load_reader(str(tmp_path), EncoderOptions(question_cache=0))
    assert loaded is not None
    with pytest.raises(ReaderError, match=r"is a BertModel\. Name packaged"):
        loaded.read(QUESTION, WINDOWS)
