"""What a collection keeps can be read by its user alone, whatever the process's umask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.catalog.private_files import as_private_as, new_private_file, private_folder
from rag.collection.compaction import compact
from rag.collection.export_writer import export_collection
from rag.collection.lock import writing
from rag.collection.restore import import_collection
from tests.permissions import mode_of
from tests.unit.rag.catalog.test_catalog import open_new
from tests.unit.rag.catalog.test_read_only import store


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def others_can_read(folder: Path) -> list[Path]:
    return [path for path in (folder, *folder.rglob("*")) if mode_of(path) & 0o077]


def test_a_catalog_its_logs_its_lock_and_its_index_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "c"
    private_folder(folder)
    assert mode_of(folder) == 0o700
    catalog = open_new(folder / "catalog.db")
    with writing(folder):
        store(catalog, "one")
    compact(folder, catalog)
    names = {path.name for path in folder.rglob("*") if mode_of(path) == 0o600}
    assert names >= {"catalog.db", "catalog.db-wal", "catalog.db-shm", "writer.lock"}
    assert names >= {"compaction.lock", "manifest.json", "labels.json", "vectors.f16", "meta.json"}
    assert {path.name for path in others_can_read(folder)} <= {"CURRENT"}
    catalog.close()


def test_an_export_and_an_import_are_private(tmp_path: Path) -> None:
    catalog = open_new(tmp_path / "catalog.db")
    store(catalog, "one")
    export_collection(catalog, tmp_path / "c.zip")
    catalog.close()
    assert mode_of(tmp_path / "c.zip") == 0o600
    import_collection(tmp_path / "home", "copy", tmp_path / "c.zip")
    assert others_can_read(tmp_path / "home") == []


def test_who_shares_a_catalog_shares_its_index(tmp_path: Path) -> None:
    catalog = open_new(tmp_path / "catalog.db")
    store(catalog, "one")
    catalog.path.chmod(0o640)
    compact(tmp_path, catalog)
    (generation,) = (tmp_path / "generations").iterdir()
    assert mode_of(generation) == 0o750
    assert {mode_of(path) for path in generation.rglob("*") if path.is_file()} == {0o640}
    assert {mode_of(path) for path in generation.rglob("*") if path.is_dir()} == {0o750}
    catalog.close()


def test_what_exists_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir(mode=0o755)
    private_folder(tmp_path / "home")
    assert mode_of(tmp_path / "home") == 0o755
    catalog = open_new(tmp_path / "home" / "catalog.db")
    catalog.path.chmod(0o664)
    catalog.close()
    open_new(tmp_path / "home" / "catalog.db").close()
    assert mode_of(tmp_path / "home" / "catalog.db") == 0o664
    as_private_as(tmp_path / "home" / "catalog.db", tmp_path / "home")
    assert mode_of(tmp_path / "home") == 0o755


def test_a_new_file_replaces_nothing_and_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"kept")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("secret", "link", "dangling"):
        with pytest.raises(FileExistsError):
            new_private_file(tmp_path / name)
    assert (tmp_path / "secret").read_bytes() == b"kept"
    assert not (tmp_path / "nowhere").exists()
