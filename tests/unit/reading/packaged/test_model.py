"""The packaged reader is compiled once for this machine, and found again."""

from __future__ import annotations

from pathlib import Path

import pytest

from embeddings import EncoderOptions
from embeddings.prepared_models import prepared_models
from reading import ReaderError
from reading.packaged import model, weights
from reading.packaged.joint_reader import JointReader

OPTIONS = EncoderOptions()


def test_it_is_prepared_where_it_was_loaded(reader: JointReader) -> None:
    assert model.is_prepared(OPTIONS)
    directory = model.prepare(OPTIONS)
    assert directory.is_dir()
    assert directory == model.prepare(OPTIONS)
    assert reader.name in directory.name


def test_on_torch_only_the_encoder_is_needed() -> None:
    assert model.is_prepared(EncoderOptions(runtime="torch"))


def test_other_weights_are_compiled_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    directory = model.prepare(OPTIONS)
    monkeypatch.setattr(weights, "digest", lambda: "0" * 64)
    assert not model.is_prepared(OPTIONS)
    assert directory.is_dir()


def test_it_is_listed_among_the_prepared_models(reader: JointReader) -> None:
    directory = model.prepare(OPTIONS)
    (listed,) = [each for each in prepared_models() if each.directory == directory]
    assert listed.source == reader.name


@pytest.mark.slow
def test_a_cache_that_cannot_be_written_is_one_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TAMNGU_CACHE", str(tmp_path / "file"))
    for options in (OPTIONS, EncoderOptions(runtime="torch")):
        with pytest.raises(ReaderError):
            model.load(options)


@pytest.mark.slow
def test_it_is_compiled_anew_where_the_cache_is_empty(
    reader: JointReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAMNGU_CACHE", str(tmp_path))
    assert not model.is_prepared(OPTIONS)
    anew = model.load(OPTIONS)
    assert model.is_prepared(OPTIONS)
    assert model.prepare(OPTIONS).is_relative_to(tmp_path)
    window = "Hội nghị họp ở Huế. 会议在顺化举行。"
    (one,), (other,) = anew.read("Ở đâu?", [window]), reader.read("Ở đâu?", [window])
    assert one.answerable == pytest.approx(other.answerable, abs=0.03)
