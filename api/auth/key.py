"""An API key: what its holder may do, and in which collections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from embeddings import TamnguError

Scope = Literal["read", "write", "admin"]

SCOPES: tuple[Scope, ...] = get_args(Scope)


class BadKey(TamnguError):
    """A key that cannot be made as it was asked for."""


class KeyNotFound(TamnguError):
    """No key of that id."""


class Forbidden(TamnguError):
    """A key does not reach what it was used for."""


class KeysUnreadable(TamnguError):
    """The file of the keys cannot be used, so nobody can be let in."""


@dataclass(frozen=True)
class Key:
    """What is known of a key; not its secret.

    Attributes:
        id: 8 hexadecimal digits, no secret.
        name: whose it is or what it is for.
        scopes: what it may do, in the order of :data:`SCOPES`.
        collections: the only ones it reaches, sorted; None: all.
        created_at: ISO 8601, UTC; so are the next two.
        last_used_at: to the minute; None: never.
        revoked_at: None: it is good.
    """

    id: str
    name: str
    scopes: tuple[Scope, ...]
    collections: tuple[str, ...] | None
    created_at: str
    last_used_at: str | None = None
    revoked_at: str | None = None

    def allows(self, scope: Scope) -> bool:
        """Tell whether it may do what needs that scope: admin has all, the others are apart."""
        return scope in self.scopes or "admin" in self.scopes

    def reaches(self, collection: str) -> bool:
        """Tell whether it may be used on that collection."""
        return self.collections is None or collection in self.collections
