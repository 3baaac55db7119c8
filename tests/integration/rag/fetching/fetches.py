"""Fetches from real servers on this machine."""

from __future__ import annotations

import socket
import time
import tracemalloc
from collections.abc import Callable

import httpcore
import httpx
import pytest

from rag.fetching import Fetched, Fetcher, FetchError, FetchLimits, NotModified

MIB = 2**20


SSL_CONTEXT = httpx.create_ssl_context()


INNER, OUTER = "127.0.0.1", "127.0.0.2"
"""Tests of addresses treat the second one as public."""


def fetch(
    url: str,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    backend: httpcore.NetworkBackend | None = None,
    max_bytes: int = MIB,
    timeout_s: float = 5.0,
    delay_s: float = 0.0,
) -> Fetched | NotModified:
    limits = FetchLimits(
        max_bytes=max_bytes, timeout_s=timeout_s, delay_s=delay_s, allow_private=backend is None
    )
    with Fetcher(limits, backend=backend) as fetcher:
        return fetcher.fetch(url, etag=etag, last_modified=last_modified)


def fetched(
    url: str, *, backend: httpcore.NetworkBackend | None = None, max_bytes: int = MIB
) -> Fetched:
    outcome = fetch(url, backend=backend, max_bytes=max_bytes)
    assert isinstance(outcome, Fetched)
    return outcome


def refused(
    url: str,
    *,
    backend: httpcore.NetworkBackend | None = None,
    max_bytes: int = MIB,
    timeout_s: float = 5.0,
) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(url, backend=backend, max_bytes=max_bytes, timeout_s=timeout_s)
    reason = str(caught.value)
    assert 0 < len(reason) < 300
    assert "\n" not in reason
    return caught.value


class peak_below:  # noqa: N801
    """Asserts that no more than so many bytes are held at any time in its context."""

    def __init__(self, most: int) -> None:
        self._most = most

    def __enter__(self) -> None:
        tracemalloc.start()

    def __exit__(self, *_: object) -> None:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < self._most


class no_sooner_than:  # noqa: N801
    """Asserts that its context takes the seconds given, or more."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._started = time.monotonic()

    def __exit__(self, *_: object) -> None:
        assert time.monotonic() - self._started > self._seconds * 0.9


Serve = Callable[[Callable[[socket.socket], object]], int]
