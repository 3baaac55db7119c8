from __future__ import annotations

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
    package = ".".join(path.relative_to(ROOT.parent).parts[:-1])
    if path.suffix == ".tsv":
        rows = tsv_rows(package, path.name)
        assert len({row[0] for row in rows}) == len(rows)
        assert len({len(row) for row in rows}) == 1
    else:
        for words in word_lists(toml_data(package, path.name)):
            assert len(set(words)) == len(words)
            assert all(word == word.strip() and word for word in words)


def word_lists(table: dict[str, object]) -> list[list[str]]:
    found: list[list[str]] = []
    for value in table.values():
        if isinstance(value, dict):
            found += word_lists(value)
        elif isinstance(value, list):
            found.append(value)
    return found
