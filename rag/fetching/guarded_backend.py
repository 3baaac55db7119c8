"""Connections only to IP addresses that were checked."""

from __future__ import annotations

import math
import socket
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue
from ssl import SSLContext

import httpcore

from rag.fetching.addresses import is_public
from rag.fetching.errors import FetchError

_CHECK_INTERVAL_S = 0.25
"""Seconds between two checks whether the fetch has been stopped."""

Resolve = Callable[[str, int], Sequence[str]]
"""Takes a host and a port, returns IP addresses; raises OSError if the host has none."""


def resolve_host(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host, in the order of the system's resolver.

    Raises:
        OSError: the host has none, or the resolver fails.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves a host once, checks all its addresses, and connects to one of them.

    A host is not resolved a second time, so it cannot change its address after the check. The
    timeout of ``connect_tcp`` is for the whole life of a connection: resolving, connecting, the TLS
    handshake, writing and reading together. Unix sockets are not supported.
    """

    # rag.answering.deadline cannot be used: it cannot end the resolving of a host, and it loses the
    # socket in the TLS handshake, which moves the socket's descriptor to another object.

    def __init__(
        self,
        *,
        is_allowed: Callable[[str], bool] = is_public,
        resolve: Resolve = resolve_host,
        check: Callable[[], object] = lambda: None,
    ) -> None:
        """Create a backend.

        Args:
            is_allowed: tells whether a connection to an IP address is allowed.
            resolve: returns the addresses of a host.
            check: called again and again while the backend waits for a server; an error that it
                raises ends the connection.
        """
        self._is_allowed = is_allowed
        self._resolve = resolve
        self._check = check
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to one of the host's addresses.

        Args:
            host: a name or an IP address.
            port: of the host.
            timeout: seconds after which the connection ends.
            local_address: see httpcore.
            socket_options: see httpcore.

        Raises:
            FetchError: an address of the host is not allowed, or the host does not exist.
            httpcore.ConnectError: a connection to each of its addresses failed.
            httpcore.ConnectTimeout: the time is over.
        """
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        addresses = self._checked_addresses(host, port, end)
        while True:
            address, *addresses = addresses
            # The remaining time is divided, so that one dead address does not use it up.
            share = _left(end, httpcore.ConnectTimeout) / (1 + len(addresses))
            try:
                stream = self._sockets.connect_tcp(
                    address,
                    port,
                    timeout=None if share == math.inf else share,
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not addresses:
                    raise
            else:
                return _EndingStream(stream, end, self._check)

    def _checked_addresses(self, host: str, port: int, end: float) -> list[str]:
        addresses = list(self._resolved(host, port, end))
        if not addresses:
            raise FetchError(f"the host {host} does not exist")
        for address in addresses:
            if not self._is_allowed(address):
                where = address if address == host else f"{host} is at {address}, which"
                raise FetchError(f"{where} is not a public address; --allow-private allows it")
        return addresses

    def _resolved(self, host: str, port: int, end: float) -> Sequence[str]:
        """Resolve a host in a thread of its own: the system's resolver has no time limit."""
        answers: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except Exception as error:
                answers.put(error)

        threading.Thread(target=ask, daemon=True).start()
        left = _left(end, httpcore.ConnectTimeout)
        try:
            answer = answers.get(timeout=None if left == math.inf else left)
        except Empty:
            raise httpcore.ConnectTimeout(f"resolving {host}") from None
        if not isinstance(answer, Exception):
            return answer
        if isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_NONAME:
            raise FetchError(f"the host {host} does not exist") from answer
        if isinstance(answer, OSError):
            reason = answer.strerror or answer
            raise FetchError(
                f"the host {host} cannot be resolved ({reason})", temporary=True
            ) from answer
        raise answer


class _EndingStream(httpcore.NetworkStream):
    """A connection that ends at a fixed time, whatever the timeouts of its single reads are."""

    def __init__(
        self, stream: httpcore.NetworkStream, end: float, check: Callable[[], object]
    ) -> None:
        self._stream = stream
        self._end = end
        self._check = check

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        end = min(self._end, math.inf if timeout is None else time.monotonic() + timeout)
        while True:
            self._check()
            left = _left(end, httpcore.ReadTimeout)
            try:
                return self._stream.read(max_bytes, min(left, _CHECK_INTERVAL_S))
            except httpcore.ReadTimeout:
                continue

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = _left(self._end, httpcore.WriteTimeout)
        self._stream.write(buffer, _shorter(timeout, left))

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        try:
            left = _left(self._end, httpcore.ConnectTimeout)
            secured = self._stream.start_tls(ssl_context, server_hostname, _shorter(timeout, left))
        except BaseException:
            # No other code has the connection yet.
            self.close()
            raise
        return _EndingStream(secured, self._end, self._check)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(end: float, over: type[httpcore.TimeoutException]) -> float:
    """Return the seconds until ``end``; always more than 0.

    Raises:
        httpcore.TimeoutException: of the type ``over``; the time is over.
    """
    left = end - time.monotonic()
    if left <= 0:
        raise over("the time is over")
    return left


def _shorter(timeout: float | None, left: float) -> float | None:
    shorter = left if timeout is None else min(timeout, left)
    return None if shorter == math.inf else shorter
