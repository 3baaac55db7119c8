"""How the keys of a home are stored."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.auth.key import SCOPES, Key, Scope
from api.auth.store import KeyStore
from api.errors import BadKey, KeyNotFound, KeysUnreadable
from api.server.keys_command import keys as keys_command
from tests.unit.api.auth.keyed import opened
from tests.unit.api.conftest import States


def in_files(home: Path, text: str) -> bool:
    return any(text.encode() in file.read_bytes() for file in home.glob("keys.db*"))


@pytest.fixture
def shared(states: States) -> Iterator[KeyStore]:
    with opened(states()) as store:
        yield store


def test_a_key_is_verified_by_its_text(shared: KeyStore) -> None:
    store = shared
    key, text = store.create("reader", ["read"], ["news", "law", "law"])
    assert re.fullmatch(r"tmg_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", text)
    assert text.split("_")[1] == key.id
    assert (key.scopes, key.collections) == (("read",), ("law", "news"))
    found = store.verify(text)
    assert found == key
    other, other_text = store.create("other", ["write"])
    assert (other.id, other_text) != (key.id, text)
    swapped = f"tmg_{key.id}_{other_text.split('_', 2)[2]}"
    for wrong in (swapped, text[:-1], text + "A", text.upper(), "", "tmg__", f"tmg_{key.id}_"):
        assert store.verify(wrong) is None


def test_no_secret_is_in_the_files(tmp_path: Path, store: KeyStore) -> None:
    for number in range(20):
        _, text = store.create(f"key {number}", ["admin"])
        assert store.verify(text)
        assert in_files(tmp_path, f"key {number}")
        assert not in_files(tmp_path, text)
        assert not in_files(tmp_path, text.split("_", 2)[2])
    assert stat.S_IMODE((tmp_path / "keys.db").stat().st_mode) == 0o600


def test_changes_by_other_processes_apply_at_once(shared: KeyStore, states: States) -> None:
    assert not shared.any_keys()
    with opened(states()) as other:
        key, text = other.create("k", ["read"])
        assert shared.any_keys()
        assert shared.verify(text) is not None
        revoked = other.revoke(key.id)
        assert shared.verify(text) is None
        assert other.revoke(key.id) == revoked
        assert shared.any_keys()
        with pytest.raises(KeyNotFound):
            other.revoke("nothing")
        assert [each.id for each in shared.list()] == [key.id]


def test_a_file_that_is_removed_is_noticed(tmp_path: Path, store: KeyStore) -> None:
    assert not store.any_keys()
    assert not (tmp_path / "keys.db").exists()
    with opened(tmp_path) as other:
        _, text = other.create("k", ["read"])
        assert store.verify(text) is not None
    for file in tmp_path.glob("keys.db*"):
        file.unlink()
    assert store.verify(text) is None
    assert not store.any_keys()
    with opened(tmp_path) as other:
        _, again = other.create("again", ["read"])
        assert store.verify(again)
        assert store.verify(text) is None


def test_the_last_use_is_noted_once_a_minute(tmp_path: Path, store: KeyStore) -> None:
    key, text = store.create("k", ["read"])
    assert store.list()[0].last_used_at is None
    store.verify(text)
    used = store.list()[0].last_used_at
    assert used is not None
    long_ago = "2020-01-01T00:00:00+00:00"
    file = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    file.execute("UPDATE keys SET last_used_at = ?", (long_ago,))
    file.close()
    store.verify(text)
    assert store.list()[0].last_used_at == long_ago
    with opened(tmp_path) as other:
        other.verify(text)
    assert (store.list()[0].last_used_at or "") >= used
    assert store.list()[0].id == key.id


def test_a_use_does_not_wait_for_a_writer(tmp_path: Path, store: KeyStore) -> None:
    _, text = store.create("k", ["read"])
    file = sqlite3.connect(tmp_path / "keys.db", isolation_level=None)
    file.execute("BEGIN IMMEDIATE")
    assert store.verify(text) is not None
    assert store.list()[0].last_used_at is None
    file.close()


def test_threads_create_and_use_keys_at_the_same_time(states: States) -> None:
    good: list[Key | None] = []

    def work() -> None:
        with opened(states()) as mine:
            for _ in range(5):
                _, text = mine.create("k", ["read"])
                good.append(mine.verify(text))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened(states()) as store:
        assert len(store.list()) == len(good) == 20
    assert all(good)


@pytest.mark.parametrize(
    ("name", "scopes", "collections"),
    [("", ["read"], None), ("a\nb", ["read"], None), ("a", [], None), ("a", ["read"], [])],
)
def test_an_invalid_key_is_refused(
    store: KeyStore, name: str, scopes: list[Scope], collections: list[str] | None
) -> None:
    with pytest.raises(BadKey):
        store.create(name, scopes, collections)


@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 200]
)
def test_a_damaged_file_is_refused(tmp_path: Path, store: KeyStore, content: bytes) -> None:
    (tmp_path / "keys.db").write_bytes(content)
    calls: list[Callable[[], object]] = [store.any_keys, store.list, lambda: store.verify("x")]
    for call in calls:
        with pytest.raises(KeysUnreadable):
            call()


def test_a_file_of_a_later_version_is_refused(tmp_path: Path, store: KeyStore) -> None:
    store.create("k", ["read"])
    file = sqlite3.connect(tmp_path / "keys.db")
    file.execute("PRAGMA user_version=99")
    file.close()
    with opened(tmp_path) as other, pytest.raises(KeysUnreadable, match="later Tamngu"):
        other.any_keys()


def test_admin_includes_all_scopes_and_the_others_include_none() -> None:
    def key(scope: Scope) -> Key:
        return Key("", "", (scope,), None, "")

    table = {scope: [key(scope).allows(other) for other in SCOPES] for scope in SCOPES}
    assert table == {
        "read": [True, False, False],
        "write": [False, True, False],
        "admin": [True, True, True],
    }


def test_the_command_prints_a_key_once(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(keys_command, [*words, "--home", str(tmp_path)])
        assert result.exit_code == 0, result.output
        return result.stdout

    assert "No key yet" in run("list")
    words = ("create", "A reader", "--scope", "read", "--scope", "write", "--collection", "news")
    made = CliRunner().invoke(keys_command, [*words, "--home", str(tmp_path)])
    text = made.stdout.removesuffix("\n")
    assert "will not be shown again" in made.stderr
    assert text not in made.stderr
    with opened(tmp_path) as store:
        key = store.verify(text)
    assert key is not None
    assert (key.scopes, key.collections) == (("read", "write"), ("news",))
    assert text not in run("list")
    [listed] = json.loads(run("list", "--json"))
    assert (listed["id"], listed["name"], listed["collections"]) == (key.id, "A reader", ["news"])
    assert key.id in run("revoke", key.id)
    assert "revoked" in run("list")
    bad = CliRunner().invoke(keys_command, ["create", "x", "-c", "../x", "--home", str(tmp_path)])
    assert bad.exit_code != 0


def test_a_use_on_a_cluster_is_noted_and_changes_nothing(cluster_states: States) -> None:
    with opened(cluster_states()) as store, opened(cluster_states()) as other:
        key, text = store.create("k", ["read"])
        assert other.verify(text) is not None
        assert store.list()[0].last_used_at is not None
        version = store._rows.version()
        other.note_use(key.id)
        assert store._rows.version() == version
