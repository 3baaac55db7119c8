"""The API keys of a service: how they are created, verified, listed and revoked."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.auth.key import SCOPES, Key, Scope
from api.auth.key_file import KeyFile, KeyRows
from api.errors import BadKey, KeyNotFound
from api.state import State, home_of
from embeddings import TamnguError

_TEXT = re.compile(r"tmg_([0-9a-f]{8})_([A-Za-z0-9_-]{43})", re.ASCII)
"""The text of a key: its id and its secret, 256 random bits in base64."""

_NOTE_USE_EVERY_S = 60.0

_LOG = logging.getLogger("tamngu.api")


class KeyStore:
    """The keys of a service; any number of threads and processes may use it at the same time.

    All keys are kept in memory. Each use checks whether another process has written since, so a key
    that is revoked anywhere is refused from the next request on.

    Attributes:
        home: the folder of this machine.
    """

    def __init__(self, state: State) -> None:
        """Use the keys there; nothing is written before the first key is created."""
        self.home = home_of(state)
        self._lock = threading.RLock()
        self._rows = _rows_of(state)
        self._version: tuple[int, int] | None = None
        self._keys: dict[str, tuple[Key, bytes]] = {}
        self._used: dict[str, float] = {}

    def create(
        self, name: str, scopes: Sequence[Scope], collections: Sequence[str] | None = None
    ) -> tuple[Key, str]:
        """Create a key.

        Args:
            name: whose key it is, or what it is for.
            scopes: what it may do; at least one.
            collections: the only collections that it may use, whether they exist or not; None: all.

        Returns:
            The key, and its text, which is stored nowhere.

        Raises:
            BadKey: the name, the scopes or the collections are empty or unknown.
            KeysUnreadable: they cannot be written.
        """
        _check(name, scopes, collections)
        secret = secrets.token_urlsafe(32)
        key = Key(
            id=secrets.token_hex(4),
            name=name,
            scopes=tuple(scope for scope in SCOPES if scope in scopes),
            collections=None if collections is None else tuple(sorted(set(collections))),
            created_at=_now(),
        )
        reached = None if key.collections is None else json.dumps(key.collections)
        with self._lock, self._rows.errors_translated():
            stored = self._rows.write(
                "INSERT INTO keys (id, name, digest, scopes, collections, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                (key.id, name, _digest(secret), " ".join(key.scopes), reached, key.created_at),
            )
            self._version = None
        if not stored:
            # The id, one of 4 billion, is taken.
            return self.create(name, scopes, collections)
        return key, f"tmg_{key.id}_{secret}"

    @contextmanager
    def at_once(self) -> Iterator[bool]:
        """Yield whether :meth:`any_keys` and :meth:`verify` wait for nothing inside the block.

        They do if another thread uses the keys, if the file has to be read again, which takes 64
        ms for 10,000 keys, or on a cluster. An event loop then calls them in a thread.
        """
        if not self._lock.acquire(blocking=False):
            yield False
            return
        try:
            yield self._rows.is_at(self._version)
        finally:
            self._lock.release()

    def verify(self, text: str, *, note: bool = True) -> Key | None:
        """Return the key that has this text; None if no key has it, or if it was revoked.

        Args:
            text: of a key, or anything.
            note: write down that the key was used, which may wait for the disk; see
                :meth:`note_use`.

        Raises:
            KeysUnreadable: they cannot be read.
        """
        with self._lock:
            self._refresh()
            parts = _TEXT.fullmatch(text)
            if parts is None:
                return None
            found = self._keys.get(parts[1])
            # Compared also if the id is unknown, so that the time taken reveals nothing.
            is_right = hmac.compare_digest(_digest(parts[2]), found[1] if found else bytes(32))
            if found is None or not is_right or found[0].revoked_at is not None:
                return None
            if note and self.is_use_due(found[0].id):
                self.note_use(found[0].id)
            return found[0]

    def list(self) -> tuple[Key, ...]:
        """Return all keys, revoked ones included, oldest first.

        Raises:
            KeysUnreadable: they cannot be read.
        """
        with self._lock:
            # Writes of this process do not change the version that it compares.
            self._version = None
            self._refresh()
            return tuple(key for key, _ in self._keys.values())

    def revoke(self, id: str) -> Key:
        """Revoke a key, from now on and in every process, and return it.

        A key that is revoked already stays as it is.

        Raises:
            KeyNotFound: no key has this id.
            KeysUnreadable: they cannot be written.
        """
        with self._lock:
            self._refresh()
            if id not in self._keys:
                raise KeyNotFound(
                    f"There is no key {id[:64]!r} in {self._rows.where}; see: tamngu keys list"
                )
            with self._rows.errors_translated():
                self._rows.write(
                    "UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                    (_now(), id),
                )
            self._version = None
            self._refresh()
            return self._keys[id][0]

    def any_keys(self) -> bool:
        """Tell whether any key was ever created; revoked keys count.

        Raises:
            KeysUnreadable: they cannot be read.
        """
        with self._lock:
            self._refresh()
            return bool(self._keys)

    def close(self) -> None:
        """Let go of what is open; the next use opens it again."""
        with self._lock:
            self._rows.close()
            self._version = None
            self._keys = {}

    def _refresh(self) -> None:
        """Read the keys again if they have changed, or if their file was replaced or removed."""
        with self._rows.errors_translated():
            version = self._rows.version()
            if version is None:
                self._keys = {}
            elif version != self._version:
                self._keys = self._read()
            self._version = version

    def _read(self) -> dict[str, tuple[Key, bytes]]:
        rows = self._rows.rows(
            "SELECT id, name, scopes, collections, created_at, last_used_at, revoked_at, digest "
            # Not by time: a clock may go back.
            "FROM keys ORDER BY rowid"
        )
        return {row[0]: (_key(*row[:7]), row[7]) for row in rows}

    def is_use_due(self, id: str) -> bool:
        """Tell whether the use of a key is to be noted now; True at most once a minute for each."""
        now = time.monotonic()
        if now - self._used.get(id, -_NOTE_USE_EVERY_S) < _NOTE_USE_EVERY_S:
            return False
        self._used[id] = now
        return True

    def note_use(self, id: str) -> None:
        """Write that a key was used, unless another process is writing."""
        now = datetime.now(UTC)
        before = _stamp(now - timedelta(seconds=_NOTE_USE_EVERY_S))
        with self._lock:
            try:
                self._rows.note(
                    "UPDATE keys SET last_used_at = ? WHERE id = ? "
                    # A use in the future is of a time before the clock went back.
                    "AND (last_used_at IS NULL OR last_used_at <= ? OR last_used_at > ?)",
                    (_stamp(now), id, before, _stamp(now)),
                )
            except (sqlite3.Error, OSError, TamnguError) as error:
                # This note only informs people; the request goes on without it.
                _LOG.debug("Cannot note the use of key %s: %s", id, error)


def _rows_of(state: State) -> KeyRows:
    if isinstance(state, Path):
        return KeyFile(state / "keys.db")
    from api.auth.key_table import KeyTable

    return KeyTable(state)


def id_in(text: str) -> str | None:
    """Return the id in the text of a key, whether or not there is such a key."""
    parts = _TEXT.fullmatch(text)
    return parts[1] if parts else None


def _key(
    id: str,
    name: str,
    scopes: str,
    collections: str | None,
    created_at: str,
    last_used_at: str | None,
    revoked_at: str | None,
) -> Key:
    reached = None if collections is None else tuple(str(each) for each in json.loads(collections))
    known = tuple(scope for scope in SCOPES if scope in scopes.split())
    return Key(id, name, known, reached, created_at, last_used_at, revoked_at)


def _check(name: str, scopes: Sequence[Scope], collections: Sequence[str] | None) -> None:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise BadKey("The name of a key has 1 to 100 characters on one line.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise BadKey(f"A key needs one or more of the scopes {', '.join(SCOPES)}.")
    if collections is not None and not collections:
        raise BadKey("A key that reaches no collection can do nothing: name one, or leave it out.")


def _digest(secret: str) -> bytes:
    # Slow hashes protect passwords that people choose. Nobody can guess 256 random bits, however
    # fast the hash is, and this one runs at every request.
    return hashlib.sha256(secret.encode()).digest()


def _now() -> str:
    return _stamp(datetime.now(UTC))


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
