"""A catalog's log of deleted passages, from which an older index learns what to drop."""

from __future__ import annotations

from rag.catalog.database import Database, Transaction
from rag.catalog.rows import read_keys
from rag.catalog.settings import Settings, set_setting
from rag.records.passage import Keys


class Deletions:
    """The log of an open catalog."""

    def __init__(self, connections: Database, settings: Settings) -> None:
        """Read from a catalog's connections."""
        self._connections = connections
        self._settings = settings

    def since(self, revision: int) -> Keys:
        """Return the keys of the passages deleted after a revision, shape (n,).

        Args:
            revision: at least :meth:`complete_after`.
        """
        rows = self._connections.rows("SELECT key FROM deletions WHERE revision > ?", (revision,))
        with self._connections.parsing():
            return read_keys(rows)

    def complete_after(self) -> int:
        """Return the revision after which the log holds every deletion."""
        return self._settings.number("deletions_from")

    def forget(self, connection: Transaction, through: int) -> None:
        """Remove the entries up to a revision, inside a transaction."""
        connection.execute("DELETE FROM deletions WHERE revision <= ?", (through,))
        set_setting(connection, "deletions_from", str(max(through, self.complete_after())))
