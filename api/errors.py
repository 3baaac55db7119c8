"""Errors of the service itself; :mod:`api.error_responses` gives each of them an HTTP status."""

from __future__ import annotations

from embeddings import TamnguError


class Overloaded(TamnguError):
    """The service is too busy for this request; a retry after a short wait may succeed."""


class StillRunning(TamnguError):
    """Another request with the same Idempotency-Key has not ended yet."""


class BadKey(TamnguError):
    """An API key cannot have the name, the scopes or the collections that were given."""


class KeyNotFound(TamnguError):
    """No API key has the id that was given."""


class Forbidden(TamnguError):
    """An API key does not allow the request that it was sent with."""


class KeysUnreadable(TamnguError):
    """The file of the API keys cannot be used, so no request can be authenticated."""
