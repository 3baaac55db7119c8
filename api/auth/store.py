"""The API keys of a home, in a small SQLite file."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Collection as Some
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from api.auth.key import SCOPES, BadKey, Key, KeyNotFound, KeysUnreadable, Scope
from rag.catalog.wal import use_wal

FILE = "keys.db"

_TEXT = re.compile(r"tmg_([0-9a-f]{8})_([A-Za-z0-9_-]{43})", re.ASCII)

_USED_EVERY_S = 60.0

_SCHEMA_VERSION = 1

_TABLE = """
CREATE TABLE IF NOT EXISTS keys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    digest BLOB NOT NULL,
    scopes TEXT NOT NULL,
    collections TEXT,
    created_at TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at TEXT
) STRICT
"""

_LOG = logging.getLogger("tamngu.api")


class KeyStore:
    """The keys of a home; any number of threads and processes may use it at once.

    All keys are kept in memory. Each use asks SQLite whether another connection has written since
    (``PRAGMA data_version``, some microseconds), so a revocation anywhere holds from the next
    request on.
    """

    def __init__(self, home: Path) -> None:
        """Look for keys under ``home``; nothing is written before the first is created."""
        self.path = home / FILE
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._version: int | None = None
        self._keys: dict[str, tuple[Key, bytes]] = {}
        self._used: dict[str, float] = {}

    def create(
        self, name: str, scopes: Some[Scope], collections: Some[str] | None = None
    ) -> tuple[Key, str]:
        """Make a key, and return it with its text, which cannot be had again.

        Args:
            name: whose it is or what it is for.
            scopes: what it may do; at least one.
            collections: the only ones it reaches, there or not yet; None: all.

        Raises:
            BadKey: name, scopes or collections are empty or unknown.
            KeysUnreadable: the file cannot be written.
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
        with self._lock, self._reported():
            try:
                self._create_file().execute(
                    "INSERT INTO keys (id, name, digest, scopes, collections, created_at) "
                    "VALUES (?, ?, ?, ?, ?, ?)",
                    (key.id, name, _digest(secret), " ".join(key.scopes), reached, key.created_at),
                )
            except sqlite3.IntegrityError:
                # One of 4 billion ids is taken.
                return self.create(name, scopes, collections)
            self._version = None
        return key, f"tmg_{key.id}_{secret}"

    def verify(self, text: str) -> Key | None:
        """Return the key whose text this is, None when it is none or was revoked.

        Raises:
            KeysUnreadable: the file cannot be read.
        """
        with self._lock:
            self._follow()
            parts = _TEXT.fullmatch(text)
            if parts is None:
                return None
            found = self._keys.get(parts[1])
            # Compared whether the id is there or not, and in a time that tells nothing.
            is_right = hmac.compare_digest(_digest(parts[2]), found[1] if found else bytes(32))
            if found is None or not is_right or found[0].revoked_at is not None:
                return None
            self._note_use(found[0].id)
            return found[0]

    def list(self) -> tuple[Key, ...]:
        """Return all keys, the revoked ones too, oldest first.

        Raises:
            KeysUnreadable: the file cannot be read.
        """
        with self._lock:
            # What this process noted itself does not change the version that it follows.
            self._version = None
            self._follow()
            return tuple(key for key, _ in self._keys.values())

    def revoke(self, id: str) -> Key:
        """Make a key worthless from now on, and return it; a second time changes nothing.

        Raises:
            KeyNotFound: there is none of that id.
            KeysUnreadable: the file cannot be written.
        """
        with self._lock:
            self._follow()
            if id not in self._keys:
                raise KeyNotFound(
                    f"There is no key {id[:64]!r} in {self.path}; see: tamngu keys list"
                )
            with self._reported():
                self._opened().execute(
                    "UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                    (_now(), id),
                )
            self._version = None
            self._follow()
            return self._keys[id][0]

    def any_keys(self) -> bool:
        """Tell whether any key was ever made; a revoked one counts: revoking opens nothing.

        Raises:
            KeysUnreadable: the file cannot be read.
        """
        with self._lock:
            self._follow()
            return bool(self._keys)

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = self._file = self._version = None
            self._keys = {}

    def _follow(self) -> None:
        """Take in what has changed in the file, or that it is another or none."""
        with self._reported():
            try:
                status = self.path.stat()
            except FileNotFoundError:
                self.close()
                return
            if self._file != (status.st_dev, status.st_ino):
                self.close()
            version = int(self._opened().execute("PRAGMA data_version").fetchone()[0])
            if version != self._version:
                self._keys = self._read()
                self._version = version

    def _read(self) -> dict[str, tuple[Key, bytes]]:
        rows = self._opened().execute(
            "SELECT id, name, scopes, collections, created_at, last_used_at, revoked_at, digest "
            "FROM keys ORDER BY created_at, rowid"
        )
        return {row[0]: (_key(*row[:7]), row[7]) for row in rows}

    def _note_use(self, id: str) -> None:
        """Write that a key was used, at most once a minute, unless that would have to wait."""
        now = time.monotonic()
        if now - self._used.get(id, -_USED_EVERY_S) < _USED_EVERY_S:
            return
        self._used[id] = now
        before = _stamp(datetime.now(UTC) - timedelta(seconds=_USED_EVERY_S))
        connection = self._opened()
        connection.execute("PRAGMA busy_timeout=0")
        try:
            connection.execute(
                "UPDATE keys SET last_used_at = ? WHERE id = ? "
                "AND (last_used_at IS NULL OR last_used_at <= ?)",
                (_now(), id, before),
            )
        except sqlite3.Error as error:
            # Nobody is turned away because a note for a person could not be written.
            _LOG.debug("Cannot note the use of key %s: %s", id, error)
        finally:
            connection.execute(f"PRAGMA busy_timeout={_BUSY_MS}")

    def _create_file(self) -> sqlite3.Connection:
        """Return a connection to the file, which is made if it is not there, for its owner only."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # SQLite gives the files beside it the same permissions.
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        self._follow()
        return self._opened()

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            status = self.path.stat()
            # Never made here: a file that has just gone stays gone.
            address = f"{self.path.absolute().as_uri()}?mode=rw"
            connection = sqlite3.connect(
                address, uri=True, isolation_level=None, check_same_thread=False
            )
            try:
                _prepare(connection, self.path)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
            self._file = status.st_dev, status.st_ino
        return self._connection

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Say what SQLite and the system report in one sentence."""
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, TypeError) as error:
            self.close()
            raise KeysUnreadable(
                f"Cannot use the keys in {self.path}: {error}. See that it can be written; if it "
                "is damaged, remove it and create new keys."
            ) from error


_BUSY_MS = 5000


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Set how a connection works, and make the table of a new file."""
    use_wal(connection)
    for pragma in (f"busy_timeout={_BUSY_MS}", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > _SCHEMA_VERSION:
        raise KeysUnreadable(f"{path} was written by a later Tamngu; upgrade this one.")
    if version < _SCHEMA_VERSION:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_TABLE)
        connection.execute(f"PRAGMA user_version={_SCHEMA_VERSION}")
        connection.execute("COMMIT")


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


def _check(name: str, scopes: Some[Scope], collections: Some[str] | None) -> None:
    if not name.strip() or len(name) > 100 or not name.isprintable():
        raise BadKey("The name of a key has 1 to 100 characters on one line.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise BadKey(f"A key needs one or more of the scopes {', '.join(SCOPES)}.")
    if collections is not None and not collections:
        raise BadKey("A key that reaches no collection can do nothing: name one, or leave it out.")


def _digest(secret: str) -> bytes:
    # A slow hash is for what people think up. 256 random bits cannot be guessed however fast
    # guesses are, and this runs at every request.
    return hashlib.sha256(secret.encode()).digest()


def _now() -> str:
    return _stamp(datetime.now(UTC))


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
