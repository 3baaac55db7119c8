"""When the client tries a call again, and how long it waits before that."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import httpx

from tamngu.client.calls import Call

RETRIES = 3
"""How often a call is tried again when the service is busy."""

_LONGEST_WAIT_S = 30.0
"""Seconds that the client waits at most before it tries a call again."""


def seconds_to_wait(call: Call[Any], response: httpx.Response, tries_left: int) -> float | None:
    """Return the seconds to wait before the next try, None if there is none."""
    if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE or not call.repeatable:
        return None
    stated = response.headers.get("Retry-After", "")
    # Without this header waiting does not help: a collection is damaged, or a proxy answered.
    if not tries_left or not stated.isdecimal():
        return None
    return min(float(stated), _LONGEST_WAIT_S)
