from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eval.bench.command import bench
from eval.bench.errors import BenchFailed
from eval.bench.storage import measure
from rag import make_article
from rag.catalog.catalog import Catalog
from rag.index.generation import write_generation
from tests.integration.rag.export.exports import encoded, new_catalog


def filled(home: Path) -> Path:
    directory = home / "collections" / "c"
    directory.mkdir(parents=True)
    catalog = new_catalog(directory / "catalog.db")
    text = "Việt Nam gia nhập ASEAN năm 1995. Lễ kết nạp ở Brunei."
    catalog.put_many([encoded(make_article(text, key="k", id="one"), [9, 20])])
    write_generation(directory, catalog)
    catalog.close()
    return directory


def test_parts_add_up_to_what_the_files_take(tmp_path: Path) -> None:
    directory = filled(tmp_path)
    answer = CliRunner().invoke(bench, ["storage", "--home", str(tmp_path), "-c", "c", "--json"])
    assert answer.exit_code == 0, answer.output
    figures = json.loads(answer.output)
    assert figures["passages"] == 3
    parts = {name: value for name, value in figures.items() if name not in ("passages", "in all")}
    assert min(parts.values()) >= 0
    assert sum(parts.values()) == pytest.approx(figures["in all"], abs=0.1)
    files = [directory / "catalog.db", *directory.glob("generations/*/**/*")]
    on_disk = sum(file.stat().st_size for file in files if file.is_file())
    assert figures["in all"] == pytest.approx(on_disk / 3 / 1000, abs=0.1)
    assert figures["index: words"] > 0
    assert figures["index: vectors of passages"] == round(8 / 1000, 2)


def test_a_collection_without_passages_cannot_be_measured(tmp_path: Path) -> None:
    catalog: Catalog = new_catalog(tmp_path / "catalog.db")
    catalog.close()
    with pytest.raises(BenchFailed, match="is empty"):
        measure(tmp_path)
    (tmp_path / "catalog.db").write_bytes(b"no database" * 1000)
    with pytest.raises(BenchFailed, match="Cannot read"):
        measure(tmp_path)
