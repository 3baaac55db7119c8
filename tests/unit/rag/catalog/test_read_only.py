"""Catalogs in folders that cannot be written."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from rag.catalog.catalog import Catalog
from rag.collection.lock import writing
from rag.errors import StorageError
from rag.records.new_article import make_article
from tests.permissions import read_only
from tests.unit.rag.catalog.test_catalog import encoded, open_new
from tests.waiting import PATIENCE_S

STORE = """
import os, signal, sys
from pathlib import Path
from rag.catalog.catalog import Catalog
from rag.records.new_article import make_article
from tests.unit.rag.catalog.test_catalog import encoded
catalog = Catalog(Path(sys.argv[1]))
for name in iter(sys.stdin.readline, ""):
    catalog.put_many([encoded(make_article("Hai câu.", key="k", id=name.strip()), [3])])
    print("stored", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def store(catalog: Catalog, *names: str) -> None:
    catalog.put_many([encoded(make_article("Một câu.", key="k", id=name), [3]) for name in names])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A catalog of the article "one", closed."""
    (tmp_path / "c").mkdir()
    catalog = open_new(tmp_path / "c" / "catalog.db")
    store(catalog, "one")
    catalog.close()
    assert [each.name for each in (tmp_path / "c").iterdir()] == ["catalog.db"]
    return tmp_path / "c" / "catalog.db"


def writer(path: Path) -> subprocess.Popen[str]:
    """Start a process that stores an article of each name it reads, and then kills itself."""
    return subprocess.Popen(
        [sys.executable, "-c", STORE, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def killed_writer(path: Path) -> None:
    with writer(path) as child:
        out, _ = child.communicate("two\n", timeout=PATIENCE_S)
    assert out == "stored\n"
    assert path.with_name("catalog.db-wal").stat().st_size > 0


def test_it_is_read_and_nothing_is_written_beside_it(path: Path) -> None:
    with read_only(path.parent):
        catalog = Catalog(path)
        assert catalog.articles.ids() == ["one"]
        with catalog.reading():
            assert catalog.counts() == {"vi": (1, 2)}
        catalog.close()
    assert [each.name for each in path.parent.iterdir()] == ["catalog.db"]


def test_writing_fails_with_what_to_do(path: Path) -> None:
    with read_only(path.parent):
        catalog = Catalog(path)
        with pytest.raises(StorageError, match="cannot be written"):
            store(catalog, "two")
        with pytest.raises(StorageError, match="cannot be written"):
            catalog.delete("one")
        with pytest.raises(StorageError), writing(path.parent):
            pass
        assert catalog.articles.ids() == ["one"]
        catalog.close()


def test_a_new_catalog_is_not_made_there(tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    with read_only(tmp_path / "c"), pytest.raises(StorageError, match="folder can be written"):
        Catalog(tmp_path / "c" / "catalog.db")


def test_what_a_killed_process_stored_is_read(path: Path) -> None:
    killed_writer(path)
    with read_only(path.parent):
        catalog = Catalog(path)
        assert catalog.articles.ids() == ["one", "two"]
        catalog.close()


def test_a_copied_home_is_read_with_its_log(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_writer(path)
    path.with_name("catalog.db-shm").unlink()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    with read_only(path.parent):
        catalog = Catalog(path)
        assert catalog.articles.ids() == ["one", "two"]
        assert catalog.articles.ids() == ["one", "two"]
        (copy,) = (tmp_path / "temporary").iterdir()
        assert copy.stat().st_mode & 0o777 == 0o700
        catalog.close()
    assert list((tmp_path / "temporary").iterdir()) == []
    assert sorted(each.name for each in path.parent.iterdir()) == ["catalog.db", "catalog.db-wal"]
    # Its owner still has everything.
    catalog = Catalog(path)
    assert catalog.articles.ids() == ["one", "two"]
    catalog.close()


def test_a_log_that_cannot_be_copied_is_an_error(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_writer(path)
    path.with_name("catalog.db-shm").unlink()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with read_only(path.parent), pytest.raises(StorageError, match="TMPDIR"):
        Catalog(path)


def test_what_another_user_stores_meanwhile_is_read(path: Path) -> None:
    with writer(path) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write("two\n")
            child.stdin.flush()
            assert child.stdout.readline() == "stored\n"
            # Its files are open there, so it goes on storing.
            with read_only(path.parent):
                catalog = Catalog(path)
                assert catalog.articles.ids() == ["one", "two"]
                child.stdin.write("three\n")
                child.stdin.flush()
                assert child.stdout.readline() == "stored\n"
                assert catalog.articles.ids() == ["one", "three", "two"]
                catalog.close()
        finally:
            child.kill()


def test_what_was_stored_since_it_was_opened_is_read(path: Path) -> None:
    with read_only(path.parent):
        reader = Catalog(path)
        assert reader.articles.ids() == ["one"]
    catalog = Catalog(path)
    store(catalog, "two")
    catalog.close()
    with read_only(path.parent):
        assert reader.articles.ids() == ["one", "two"]
        reader.close()


def test_an_older_catalog_is_not_changed_there(path: Path) -> None:
    catalog = Catalog(path)
    with catalog.connections.transaction() as connection:
        connection.execute("PRAGMA user_version = 3")
    catalog.close()
    before = path.read_bytes()
    with read_only(path.parent), pytest.raises(StorageError, match="upgraded"):
        Catalog(path)
    assert path.read_bytes() == before


def test_a_process_without_file_handles_does_not_take_it_for_read_only(path: Path) -> None:
    program = """
import os, resource, sys
from pathlib import Path
from rag.catalog.catalog import Catalog
from rag.errors import StorageError
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
held = []
try:
    while True:
        held.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
for spare in range(8):
    try:
        Catalog(Path(sys.argv[1])).delete("none")
    except StorageError as error:
        print("cannot be written" in str(error))
    os.close(held.pop())
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {"False"}
