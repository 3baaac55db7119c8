"""Connections to addresses that were checked, and to no others."""

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

_LOOK_S = 0.25
"""Seconds between looks at whether anybody still wants what is read."""

Resolve = Callable[[str, int], Sequence[str]]
"""Takes a host and a port, returns its IP addresses; raises OSError where there are none."""


def resolve_host(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the system orders them.

    Raises:
        OSError: it has none, or the system cannot tell now.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class GuardedBackend(httpcore.NetworkBackend):
    """Looks a host up once, checks all its addresses, and connects to one of those it checked.

    As nothing is looked up a second time, a name whose address changes in between gains nothing.
    Each connection lives for as long as ``connect_tcp`` was given in all: looking up, connecting,
    the TLS handshake, writing and reading together. Unix sockets are not offered.
    """

    # rag.answering.deadline does not fit: it cannot end a look-up, and it loses sight of a socket
    # during the TLS handshake, as that moves the socket's descriptor to another object.

    def __init__(
        self,
        *,
        is_allowed: Callable[[str], bool] = is_public,
        resolve: Resolve = resolve_host,
        check: Callable[[], object] = lambda: None,
    ) -> None:
        """Connect where it is allowed.

        Args:
            is_allowed: tells whether an IP address may be reached.
            resolve: looks hosts up.
            check: called while a server is waited for; what it raises ends that.
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
            timeout: seconds until the connection's end, whatever it is doing then.
            local_address: as httpcore has it.
            socket_options: as httpcore has it.

        Raises:
            FetchError: an address of the host is not allowed, or there is no such host.
            httpcore.ConnectError: none of its addresses can be connected to.
            httpcore.ConnectTimeout: the time is over.
        """
        end = time.monotonic() + (math.inf if timeout is None else timeout)
        addresses = self._checked_addresses(host, port, end)
        while True:
            address, *addresses = addresses
            # What is left is shared, so that one dead address does not use it all.
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
        addresses = list(self._look_up(host, port, end))
        if not addresses:
            raise FetchError(f"there is no host {host}")
        for address in addresses:
            if not self._is_allowed(address):
                where = address if address == host else f"{host} is at {address}, which"
                raise FetchError(
                    f"{where} is no public address; --allow-private lets it be reached"
                )
        return addresses

    def _look_up(self, host: str, port: int, end: float) -> Sequence[str]:
        """Look up in a thread of its own, as the system's look-up takes no time limit."""
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
            raise httpcore.ConnectTimeout(f"looking {host} up") from None
        if not isinstance(answer, Exception):
            return answer
        if isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_NONAME:
            raise FetchError(f"there is no host {host}") from answer
        if isinstance(answer, OSError):
            reason = answer.strerror or answer
            raise FetchError(f"{host} cannot be looked up ({reason})", passing=True) from answer
        raise answer


class _EndingStream(httpcore.NetworkStream):
    """A connection that ends at a time, whatever limits its single reads are given."""

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
                return self._stream.read(max_bytes, min(left, _LOOK_S))
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
            # Nobody else knows of the connection yet.
            self.close()
            raise
        return _EndingStream(secured, self._end, self._check)

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _left(end: float, over: type[httpcore.TimeoutException]) -> float:
    """Return the seconds until ``end``; more than 0, as 0 would mean not to wait at all."""
    left = end - time.monotonic()
    if left <= 0:
        raise over("the time is over")
    return left


def _shorter(timeout: float | None, left: float) -> float | None:
    shorter = left if timeout is None else min(timeout, left)
    return None if shorter == math.inf else shorter
