"""Messages between two processes, over a socket: their length, then their bytes."""

from __future__ import annotations

import socket

_LENGTH = 8
"""Bytes of a message's length."""

_AT_ONCE = 1 << 18
"""Bytes that are received at a time."""


class Wire:
    """One end of a connection; each end is used by one thread."""

    def __init__(self, ours: socket.socket, max_bytes: int) -> None:
        """Take a connected socket.

        Args:
            ours: the socket; it is closed with the wire.
            max_bytes: of a message that is received.
        """
        self._socket = ours
        self._max_bytes = max_bytes
        self._received = bytearray()

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

    def send(self, message: bytes, timeout_s: float | None = None) -> None:
        """Send a message.

        Args:
            message: its bytes.
            timeout_s: seconds for the other end to take it; None: as many as it needs.

        Raises:
            OSError: the other end is closed, or the time is over.
        """
        self._socket.settimeout(timeout_s)
        self._socket.sendall(len(message).to_bytes(_LENGTH, "big") + message)

    def receive(self, timeout_s: float | None = None) -> bytes | None:
        """Return the next message; None if it is not complete when the time is over.

        Raises:
            EOFError: the other end is closed.
            ValueError: the message is longer than is allowed.
        """
        self._socket.settimeout(timeout_s)
        while (message := self._taken()) is None:
            try:
                data = self._socket.recv(_AT_ONCE)
            except TimeoutError:
                return None
            except ConnectionError:
                data = b""
            if not data:
                raise EOFError
            self._received += data
        return message

    def _taken(self) -> bytes | None:
        """Return the first message of what was received; None if it is not complete yet."""
        if len(self._received) < _LENGTH:
            return None
        length = int.from_bytes(self._received[:_LENGTH], "big")
        if length > self._max_bytes:
            raise ValueError(f"a message has {length:,} bytes")
        end = _LENGTH + length
        if len(self._received) < end:
            return None
        message = bytes(self._received[_LENGTH:end])
        del self._received[:end]
        return message
