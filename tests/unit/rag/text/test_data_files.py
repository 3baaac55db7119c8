from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import rag
from rag.text.data_files import toml_data, tsv_rows

ROOT = Path(rag.__file__).parent
DATA_FILES = sorted([*ROOT.rglob("*.toml"), *ROOT.rglob("*.tsv")])


@pytest.mark.parametrize("path", DATA_FILES, ids=lambda path: path.name)
def test_a_data_file_states_its_source(path: Path) -> None:
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line[:1] == "#"]
    assert any(line.startswith("# Source: ") for line in comments)


@pytest.mark.parametrize("path", DATA_FILES, ids=lambda path: path.name)
def test_a_data_file_has_each_entry_once(path: Path) -> None:
    if path.suffix == ".tsv":
        package = ".".join(path.relative_to(ROOT.parent).parts[:-1])
        rows = tsv_rows(package, path.name)
        assert len({row[0] for row in rows}) == len(rows)
        assert len({len(row) for row in rows}) == 1
    else:
        for words in word_lists(tomllib.loads(path.read_text(encoding="utf-8"))):
            assert len(set(words)) == len(words)
            # A space at the edge of a word is written as ␣.
            assert all(word == word.strip() and word for word in words)


def word_lists(value: object) -> list[list[str]]:
    if isinstance(value, dict):
        return [words for each in value.values() for words in word_lists(each)]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return [value]
    return (
        [words for each in value for words in word_lists(each)] if isinstance(value, list) else []
    )


def test_a_mark_stands_for_a_space_at_the_edge_of_a_word() -> None:
    beginnings = toml_data("rag.readers.pages.story", "notices.toml")["names"]["beginnings"]
    assert "written by " in beginnings
