"""A catalog's settings: the encoder that made its vectors, its identity, its revision."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from embeddings import Fingerprint
from rag.catalog.database import Database, Transaction


@dataclass(frozen=True)
class CatalogState:
    """One state of a catalog.

    Attributes:
        identity: the catalog's identity.
        revision: the catalog's revision.
    """

    identity: str
    revision: int

    def can_become(self, later: CatalogState) -> bool:
        """Return whether changes of the catalog can have led from this state to the other."""
        return self.identity == later.identity and self.revision <= later.revision


class Settings:
    """The settings of an open catalog."""

    def __init__(self, connections: Database) -> None:
        """Read from a catalog's connections."""
        self._connections = connections

    def fingerprint(self) -> Fingerprint:
        """Return the fingerprint of the encoder that made the vectors.

        Raises:
            CollectionDamaged: it cannot be read.
        """
        with self._connections.parsing():
            return Fingerprint.from_json(self._value("fingerprint"))

    def token_digest(self) -> str:
        """Return the digest of the token calibration that the passages' tokens were stored with.

        It is empty in a catalog without tokens, such as one of a release that stored none.
        """
        rows = self._connections.rows("SELECT value FROM settings WHERE name = 'tokens'")
        return str(rows[0][0]) if rows else ""

    def identity(self) -> str:
        """Return the catalog's unique name, which everything derived from it carries."""
        return self._value("identity")

    def revision(self) -> int:
        """Return the number that grows with every change of what a search can find."""
        return self.number("revision")

    def state(self) -> CatalogState:
        """Return the catalog's identity and revision; the caller reads in a ``reading`` block."""
        return CatalogState(self.identity(), self.revision())

    def number(self, name: str) -> int:
        """Return a setting that is a whole number.

        Raises:
            CollectionDamaged: it is missing, or it is not a number.
        """
        try:
            return int(self._value(name))
        except ValueError as error:
            what = f"the setting {name!r} is not a number"
            raise self._connections.damaged(what) from error

    def _value(self, name: str) -> str:
        rows = self._connections.rows("SELECT value FROM settings WHERE name = ?", (name,))
        if not rows:
            raise self._connections.damaged(f"it lacks the setting {name!r}")
        return str(rows[0][0])


def new_settings(fingerprint: Fingerprint, token_digest: str) -> dict[str, str]:
    """Return the settings that go with an encoder's passages, with a new identity."""
    return {
        "fingerprint": fingerprint.to_json(),
        "identity": uuid.uuid4().hex,
        "tokens": token_digest,
    }


def set_setting(connection: Transaction, name: str, value: str) -> None:
    """Store a setting, inside a transaction."""
    connection.execute(
        "INSERT INTO settings VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def advance_revision(connection: Transaction) -> None:
    """Count a change of what a search can find, inside a transaction."""
    connection.execute(
        "UPDATE settings SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT)"
        " WHERE name = 'revision'"
    )
