"""How requests with an Idempotency-Key are stored."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from api.cluster.state import ClusterState
from api.errors import StillRunning
from api.idempotency.store import IdempotencyStore, StoredResponse
from rag.errors import StorageError
from tests.unit.api.conftest import States


def test_a_key_whose_response_was_not_stored_may_be_used_again(
    states: States, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = IdempotencyStore(states())
    assert store.begin("n") is None

    def full(*_: object) -> None:
        raise StorageError("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(store._tables, "transaction", full)
        with pytest.raises(StorageError):
            store.release("n")
        with pytest.raises(StorageError):
            store.begin("m")
    assert store.begin("n") is None
    store.close()


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "idempotency").write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match="idempotency keys"):
        IdempotencyStore(tmp_path).begin("n")


def test_a_running_request_is_not_done_a_second_time(states: States, tmp_path: Path) -> None:
    one, two = IdempotencyStore(states()), IdempotencyStore(states())
    assert one.begin("n") is None
    for store in (one, two):
        with pytest.raises(StillRunning):
            store.begin("n")
    one.release("n")
    assert two.begin("n") is None
    done = StoredResponse("f", 200, {"etag": "x"}, b"body")
    two.finish("n", done)
    two.release("n")
    assert one.begin("n") == done
    one.close()
    two.close()
    assert list(tmp_path.glob("idempotency/*")) == []


def test_one_of_many_simultaneous_requests_is_done(states: States) -> None:
    store = IdempotencyStore(states())
    begun: list[bool] = []

    def begin() -> None:
        try:
            begun.append(store.begin("n") is None)
        except StillRunning:
            begun.append(False)

    threads = [threading.Thread(target=begin) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.close()
    assert sorted(begun) == [False] * 15 + [True]


def test_a_request_of_a_killed_process_may_be_done_again(tmp_path: Path) -> None:
    words = (
        "import sys, time; from pathlib import Path;"
        "from api.idempotency.store import IdempotencyStore;"
        "store = IdempotencyStore(Path(sys.argv[1])); print(store.begin('n'), flush=True);"
        "time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", words, tmp_path], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "None\n"
        store = IdempotencyStore(tmp_path)
        with pytest.raises(StillRunning):
            store.begin("n")
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        assert store.begin("n") is None
        # The lock file of the killed process was removed.
        assert len(list((tmp_path / "idempotency").iterdir())) == 1
        store.close()


def test_keys_expire_after_a_day(states: States, monkeypatch: pytest.MonkeyPatch) -> None:
    store = IdempotencyStore(states())
    store.begin("n")
    store.finish("n", StoredResponse("f", 200, {}, b""))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 24 * 3600 + 1)
    assert store.begin("n") is None
    store.close()


@pytest.mark.parametrize("ends", ["finish", "release"])
def test_a_request_that_ends_is_begun_once_at_most(states: States, ends: str) -> None:
    store = IdempotencyStore(states())
    done = StoredResponse("f", 200, {}, b"done")
    begun: list[str] = []
    for name in map(str, range(30)):
        assert store.begin(name) is None
        ended = threading.Event()

        def retry(name: str = name, ended: threading.Event = ended) -> None:
            while not ended.is_set():
                with suppress(StillRunning):
                    if store.begin(name) is None:
                        begun.append(name)
                    return

        retries = [threading.Thread(target=retry) for _ in range(3)]
        for thread in retries:
            thread.start()
        if ends == "finish":
            store.finish(name, done)
        else:
            store.release(name)
        time.sleep(0.01)
        ended.set()
        for thread in retries:
            thread.join()
    store.close()
    # A released request may be begun again, by one thread.
    assert len(begun) == len(set(begun))
    assert not begun or ends == "release"


def test_a_request_of_a_process_without_signs_of_life_may_be_done_again(
    cluster_states: States,
) -> None:
    first, state = cluster_states(), cluster_states()
    assert isinstance(first, ClusterState)
    assert isinstance(state, ClusterState)
    with closing(IdempotencyStore(first)) as lost, closing(IdempotencyStore(state)) as store:
        assert lost.begin("n") is None
        with pytest.raises(StillRunning):
            store.begin("n")
        with first.tables("leases", "", 1, "").transaction() as transaction:
            transaction.execute("UPDATE holders SET until = now()")
        state.leases._give_sign()
        assert store.begin("n") is None
        # The first process was only slow; what it has done is not the response to the second try.
        lost.finish("n", StoredResponse("f", 200, {}, b"lost"))
        store.finish("n", StoredResponse("f", 200, {}, b"kept"))
        assert store.begin("n") == StoredResponse("f", 200, {}, b"kept")
