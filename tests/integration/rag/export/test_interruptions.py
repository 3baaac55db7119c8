"""Existing files and folders, interrupted exports and interrupted imports."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from rag import make_article
from rag.catalog.catalog import Catalog
from rag.collection.export_format import Counts
from rag.collection.export_writer import export_collection
from rag.collection.lock import writing
from rag.collection.paths import collection_directory, collection_names, existing_directory
from rag.collection.restore import import_collection
from rag.errors import (
    BadCollectionName,
    CollectionBusy,
    CollectionDamaged,
    CollectionExists,
    CollectionNotFound,
    StorageError,
)
from tests.integration.rag.export.exports import (
    assert_nothing,
    assert_same,
    encoded,
    imported,
    new_catalog,
)


def test_an_existing_collection_is_not_changed(exported: Path, tmp_path: Path) -> None:
    directory = collection_directory(tmp_path, "copy")
    directory.mkdir(parents=True)
    (directory / "mine").touch()
    with pytest.raises(CollectionExists, match="'copy' exists already"):
        import_collection(tmp_path, "copy", exported)
    assert [path.name for path in directory.iterdir()] == ["mine"]


def test_a_collection_created_during_the_import_is_not_changed(
    exported: Path, tmp_path: Path
) -> None:
    directory = collection_directory(tmp_path, "copy")

    def make(_: int) -> None:
        directory.mkdir(exist_ok=True)

    with pytest.raises(CollectionExists):
        import_collection(tmp_path, "copy", exported, make)
    assert list(tmp_path.glob("collections/*")) == [directory]


def test_a_name_that_leads_out_of_the_home_is_refused(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(BadCollectionName):
        import_collection(tmp_path, "../copy", exported)


def test_a_home_that_cannot_be_written_is_named(exported: Path, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(StorageError, match="Cannot create the collection 'copy'"):
        import_collection(tmp_path / "home", "copy", exported)


def test_an_unfinished_collection_is_not_listed(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.collection.restore._BATCH", 1)
    home = tmp_path / "home"
    seen = []

    def look(_: int) -> None:
        seen.append(collection_names(home))
        with pytest.raises(CollectionNotFound):
            existing_directory(home, "copy")
        with pytest.raises(CollectionBusy, match="'copy'"):
            import_collection(home, "copy", exported)
        import_collection(home, f"other{len(seen)}", exported)

    import_collection(home, "copy", exported, look)
    assert seen[0] == []
    assert collection_names(home) == ["copy", "other1", "other2", "other3", "other4"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, StorageError])
def test_an_interrupted_import_leaves_nothing(
    error: type[BaseException], exported: Path, tmp_path: Path
) -> None:
    def interrupt(_: int) -> None:
        raise error

    with pytest.raises(error):
        import_collection(tmp_path / "home", "copy", exported, interrupt)
    assert_nothing(tmp_path / "home")


@pytest.mark.slow
def test_a_killed_import_leaves_no_collection_and_the_next_one_succeeds(
    small: Catalog, exported: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    program = (
        "import sys, time; from pathlib import Path\n"
        "from rag.collection.restore import import_collection\n"
        "def wait(_):\n    print('stored', flush=True)\n    time.sleep(60)\n"
        "import_collection(Path(sys.argv[1]), 'copy', Path(sys.argv[2]), wait)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, home, exported], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"stored\n"
        process.kill()
    assert list(home.glob("collections/.unfinished/copy/catalog.db"))
    assert collection_names(home) == []
    import_collection(home, "copy", exported)
    assert [path.name for path in (home / "collections").iterdir()] == ["copy"]
    with closing(imported(home)) as copy:
        assert_same(small, copy)


@pytest.mark.parametrize("replace", [False, True])
def test_an_interrupted_export_leaves_the_older_file(
    replace: bool, small: Catalog, tmp_path: Path
) -> None:
    file = tmp_path / "e.zip"
    if replace:
        file.write_bytes(b"earlier")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_collection(small, file, interrupt, replace=replace)
    assert [path.read_bytes() for path in tmp_path.glob("e.zip*")] == [b"earlier"] * replace


def test_an_existing_file_is_replaced_only_on_request(small: Catalog, tmp_path: Path) -> None:
    file = tmp_path / "e.zip"
    file.write_bytes(b"earlier")
    with pytest.raises(StorageError, match="exists already"):
        export_collection(small, file)
    assert file.read_bytes() == b"earlier"
    export_collection(small, file, replace=True)
    assert import_collection(tmp_path, "copy", file).articles == 4
    with pytest.raises(StorageError, match="exists already"):
        export_collection(small, tmp_path, replace=True)


def test_a_missing_folder_is_named(small: Catalog, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"none/e\.zip: No such file or directory; choose"):
        export_collection(small, tmp_path / "none" / "e.zip")


def test_a_full_disk_leaves_no_export(small: Catalog, tmp_path: Path) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left"):
        export_collection(small, tmp_path / "e.zip", full)
    assert not list(tmp_path.glob("e.zip*"))


def test_a_damaged_catalog_is_not_exported(small: Catalog, tmp_path: Path) -> None:
    with small.connections.transaction() as connection:
        connection.execute("UPDATE passages SET vector = zeroblob(16) WHERE key = 1")
    with pytest.raises(CollectionDamaged):
        export_collection(small, tmp_path / "e.zip")
    assert not list(tmp_path.glob("e.zip*"))


def test_an_export_holds_one_state(small: Catalog, tmp_path: Path) -> None:
    with closing(Catalog(small.path)) as writer:

        def write(_: int) -> None:
            article = make_article("Bài mới.", key="k", id=str(time.monotonic_ns()))
            writer.put_many([encoded(article, [])])
            writer.delete("2")

        counts = export_collection(small, tmp_path / "e.zip", write)
    assert counts.articles == 4
    import_collection(tmp_path, "copy", tmp_path / "e.zip")
    with closing(imported(tmp_path)) as copy:
        assert copy.articles.ids() == ["0", "2", "3", "4"]


def test_an_empty_collection_is_exported_and_imported(tmp_path: Path) -> None:
    with closing(new_catalog(tmp_path / "catalog.db")) as catalog:
        assert export_collection(catalog, tmp_path / "e.zip") == Counts(0, 0, 0)
        import_collection(tmp_path, "copy", tmp_path / "e.zip")
        with closing(imported(tmp_path)) as copy:
            assert_same(catalog, copy)


def test_an_imported_collection_can_be_written_to(exported: Path, tmp_path: Path) -> None:
    import_collection(tmp_path, "copy", exported)
    with closing(imported(tmp_path)) as copy, writing(copy.path.parent):
        last = copy.passages.keys()[0][-1]
        copy.put_many([encoded(make_article("Bài mới.", key="k", id="new"), [])])
        assert copy.passages.keys()[0][-1] > last
