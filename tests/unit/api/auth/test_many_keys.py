"""What keys cost: many of them, changed ones, and guessed ones."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
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


MANY = 10_000
CHECKS = 300


def fill(home: Path, count: int) -> str:
    """Store so many keys; return the text of one of them."""
    with opened(home) as store:
        _, text = store.create("mine", ["read"])
    with closing(sqlite3.connect(home / "keys.db", isolation_level=None)) as file:
        file.execute("BEGIN")
        file.executemany(
            "INSERT INTO keys (id, name, digest, scopes, created_at) VALUES (?, 'k', ?, 'read', ?)",
            ((f"{n:08x}", n.to_bytes(32, "big"), "2026-01-01") for n in range(1, count)),
        )
        file.execute("COMMIT")
    return text


def cost_s(store: KeyStore, text: str) -> float:
    """Return the seconds of computing that checks of a text take; the least of five measures."""
    took = []
    for _ in range(5):
        began = time.thread_time()
        for _ in range(CHECKS):
            store.verify(text, note=False)
        took.append(time.thread_time() - began)
    return min(took)


def test_a_check_costs_the_same_among_ten_thousand_keys_and_whether_or_not_the_key_exists(
    tmp_path: Path,
) -> None:
    few, many = fill(tmp_path / "few", 10), fill(tmp_path / "many", MANY)
    with opened(tmp_path / "few") as small, opened(tmp_path / "many") as large:
        assert len(large.list()) == MANY
        assert small.verify(few, note=False) is not None
        assert large.verify(many, note=False) is not None
        right = cost_s(large, many)
        assert right < 5 * cost_s(small, few)
        wrong = f"{many[:-1]}{'A' if many[-1] != 'A' else 'B'}"
        unknown = f"tmg_ffffffff_{many.split('_', 2)[2]}"
        assert large.verify(wrong) is large.verify(unknown) is None
        for text in (wrong, unknown):
            assert right / 3 < cost_s(large, text) < 3 * right


def test_keys_are_listed_in_their_order_and_uses_noted_after_a_clock_went_back(
    tmp_path: Path, store: KeyStore
) -> None:
    made = [store.create(name, ["read"]) for name in ("first", "second")]
    with closing(sqlite3.connect(tmp_path / "keys.db", isolation_level=None)) as file:
        # As if the clock had been two years ahead until a moment ago.
        file.execute(
            "UPDATE keys SET created_at = '2999-01-01T00:00:00+00:00',"
            " last_used_at = '2999-01-01T00:00:00+00:00' WHERE name = 'first'"
        )
    assert [key.name for key in store.list()] == ["first", "second"]
    assert store.verify(made[0][1]) is not None
    assert (store.list()[0].last_used_at or "") < "2999"


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
