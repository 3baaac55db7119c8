from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from embeddings import EncoderOptions
from embeddings.runtime import compiled_directory, precisions, runs_on_torch
from embeddings.source import ModelSource

SOURCE = ModelSource("given", "some/folder/a model!", "identity")

OPTIONS = EncoderOptions()


def test_torch_runs_what_is_asked_of_it() -> None:
    assert runs_on_torch(EncoderOptions(runtime="torch"))
    assert not runs_on_torch(EncoderOptions(runtime="openvino"))
    assert not runs_on_torch(OPTIONS)


def test_a_precision_that_is_set_is_the_only_one() -> None:
    assert precisions(EncoderOptions(precision="int8")) == ["int8"]
    assert precisions(EncoderOptions(precision="bf16")) == ["bf16"]
    # What is found by itself ends with the one that every CPU has; int8 loses too much.
    found = precisions(OPTIONS)
    assert found[-1] == "f32"
    assert "int8" not in found


def test_a_model_lies_in_the_cache_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAMNGU_CACHE", str(tmp_path))
    directory = compiled_directory(SOURCE, EncoderOptions(precision="f32"))
    assert directory.parent == tmp_path / "compiled"
    assert directory.name.startswith("a-model--f32-")
    assert not directory.exists()


def test_what_changes_the_compiled_model_changes_its_place() -> None:
    places = {
        compiled_directory(SOURCE, OPTIONS),
        compiled_directory(replace(SOURCE, identity="other"), OPTIONS),
        compiled_directory(SOURCE, EncoderOptions(precision="int8")),
        compiled_directory(SOURCE, EncoderOptions(trust_remote_code=True)),
    }
    assert len(places) == 4
    # These do not change it.
    same = EncoderOptions(threads=1, overlong="cut", question_cache=0)
    assert compiled_directory(SOURCE, same) == compiled_directory(SOURCE, OPTIONS)
