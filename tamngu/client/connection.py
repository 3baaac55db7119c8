"""How the clients connect: defaults, and the headers of every request."""

from __future__ import annotations

DEFAULT_ADDRESS = "http://127.0.0.1:8000"

DEFAULT_COLLECTION = "default"
"""The name that the address of a collection has where a call names none."""

TIMEOUT_S = 60.0

PAGE_SIZE = 200
"""Articles of a list that one request asks for."""

POLL_S = 0.5
"""Seconds between two requests for the state of a job."""


def headers_of(api_key: str | None) -> dict[str, str]:
    """Return the headers of every request.

    Raises:
        ValueError: the text cannot be a key.
    """
    key = (api_key or "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ValueError("The API key has a character that no key has; write it again.")
    return {"Authorization": f"Bearer {key}"} if key else {}
