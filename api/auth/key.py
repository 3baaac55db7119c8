"""An API key: what its holder may do, and in which collections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Scope = Literal["read", "write", "admin"]

SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True)
class Key:
    """What is stored about a key, without its secret.

    Attributes:
        id: 8 hexadecimal digits; not secret.
        name: whose key it is, or what it is for.
        scopes: what it may do, in the order of :data:`SCOPES`.
        collections: the only collections that it may use, sorted; None: all.
        created_at: ISO 8601, UTC, as are the next two.
        last_used_at: to the minute; None: never used.
        revoked_at: None: the key is valid.
    """

    id: str
    name: str
    scopes: tuple[Scope, ...]
    collections: tuple[str, ...] | None
    created_at: str
    last_used_at: str | None = None
    revoked_at: str | None = None

    def allows(self, scope: Scope) -> bool:
        """Tell whether the key has a scope; ``admin`` includes all, ``write`` not ``read``."""
        return scope in self.scopes or "admin" in self.scopes

    def reaches(self, collection: str) -> bool:
        """Tell whether the key may be used on a collection."""
        return self.collections is None or collection in self.collections
