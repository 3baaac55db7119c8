from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from rag.index.temporary_view import temporary_view


def test_a_view_has_the_files_and_is_gone_afterwards(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{}")
    with temporary_view(tmp_path) as view:
        assert (view / "meta.json").read_text() == "{}"
        (view / ".tantivy-meta.lock").touch()
    assert not view.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["meta.json"]


def test_a_lock_file_that_comes_late_does_not_keep_the_view(tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{}")

    def write_lock_file(view: Path) -> None:
        while view.exists():
            with suppress(FileNotFoundError):
                (view / ".tantivy-meta.lock").touch()

    for _ in range(20):
        with ThreadPoolExecutor(1) as pool:
            with temporary_view(tmp_path) as view:
                written = pool.submit(write_lock_file, view)
            assert not view.exists()
            written.result()
