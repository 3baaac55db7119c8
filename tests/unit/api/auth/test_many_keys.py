"""What keys cost: many of them, changed ones, and guessed ones."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from fastapi.testclient import TestClient

from api.auth.rate_limit import RateLimit
from api.auth.store import KeyStore
from tests.unit.api.auth.keyed import SEARCH, as_, opened
from tests.waiting import PATIENCE_S


def at_once(store: KeyStore) -> bool:
    with store.at_once() as is_current:
        return is_current


def test_only_keys_that_are_current_are_used_at_once(tmp_path: Path, store: KeyStore) -> None:
    assert at_once(store)
    _, text = store.create("k", ["read"])
    assert not at_once(store)
    assert store.verify(text) is not None
    assert at_once(store)
    with opened(tmp_path) as other:
        other.create("another", ["read"])
        assert not at_once(store)
    assert store.verify(text) is not None
    assert at_once(store)
    (tmp_path / "keys.db").unlink()
    assert not at_once(store)


def test_nobody_waits_for_a_thread_that_uses_the_keys(tmp_path: Path, store: KeyStore) -> None:
    _, text = store.create("k", ["read"])
    store.verify(text)
    holds, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with store.at_once():
            holds.set()
            may_end.wait(PATIENCE_S)

    thread = threading.Thread(target=hold)
    thread.start()
    assert holds.wait(PATIENCE_S)
    assert not at_once(store)
    may_end.set()
    thread.join()
    assert at_once(store)


def test_guesses_of_a_secret_are_refused_unread_after_ten(
    service: Callable[..., TestClient], home: Path
) -> None:
    with opened(home) as store, service() as client:
        _, right = store.create("k", ["read"])
        _, other = store.create("other", ["read"])
        wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
        statuses = [
            client.post("/v1/search", json=SEARCH, headers=as_(wrong)).status_code
            for _ in range(12)
        ]
        assert statuses[:10] == [401] * 10
        assert statuses[10:] == [429, 429]
        refused = client.post("/v1/search", json=SEARCH, headers=as_(right))
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert client.post("/v1/search", json=SEARCH, headers=as_(other)).status_code == 200


def test_looking_at_a_bucket_takes_nothing_from_it() -> None:
    now = [0.0]
    limit = RateLimit(2, clock=lambda: now[0])
    assert [limit.retry_in_s("a") for _ in range(5)] == [0] * 5
    assert len(limit) == 0
    for _ in range(2):
        limit.take("a")
    assert limit.retry_in_s("a") == 30
    now[0] = 30.0
    assert limit.retry_in_s("a") == 0
