"""The parts of a mail, parsed so that neither long headers nor many parts take minutes."""

from __future__ import annotations

import email.policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from rag.readers.formats.header_words import in_utf8

_MAX_HEADER, _MAX_HEADERS = 2000, 200_000
"""Characters of one header and of all different headers of a mail that are parsed. The standard
library's parser takes .02 s for 2,000 characters, and the square of that for more. Chosen manually,
not tuned: a name of 255 bytes has up to 800 characters in a header."""

_MAX_PARTS, _MAX_DEPTH = 1000, 20
"""Parts of a mail, and how deep they may be in one another: each line is compared with the borders
of all parts that it is in. Chosen manually, not tuned."""


class _Part(EmailMessage):
    """A part of a mail, which knows how many parts it is in."""

    depth = 0

    def attach(self, payload: Any) -> None:  # noqa: ANN401
        """Add a part.

        Raises:
            ValueError: it is in too many others.
        """
        payload.depth = self.depth + 1
        if payload.depth > _MAX_DEPTH:
            raise ValueError(f"it has parts in more than {_MAX_DEPTH} others")
        super().attach(payload)


class _Parts:
    """Makes the parts of one mail, up to a number of them."""

    def __init__(self) -> None:
        self._left = _MAX_PARTS

    def __call__(self, policy: email.policy.EmailPolicy[Any] = email.policy.default) -> _Part:
        self._left -= 1
        if self._left < 0:
            raise ValueError(f"it has more than {_MAX_PARTS:,} parts")
        return _Part(policy)


class _Headers:
    """Makes the headers of one mail: of each the beginning is parsed, and only once."""

    def __init__(self) -> None:
        self._left = _MAX_HEADERS
        self._made: dict[tuple[str, str], Any] = {}

    def __call__(self, name: str, value: str) -> Any:  # noqa: ANN401
        key = (name.lower(), value[:_MAX_HEADER])
        if key not in self._made:
            self._left -= len(key[1])
            if self._left < 0:
                raise ValueError("its headers are too long")
            self._made[key] = _header(*key)
        return self._made[key]


def _header(name: str, value: str) -> Any:  # noqa: ANN401
    factory = email.policy.default.header_factory
    try:
        return factory(name, in_utf8(value))
    except Exception:
        # Parsers of malformed headers fail in many ways, also by recursion. What a part is, is
        # then what it is without the header; other headers are taken as plain text.
        return factory(name, "") if name.startswith("content-") else factory("subject", value)


def parsed_message(data: bytes) -> EmailMessage:
    """Return a mail with its parts.

    Raises:
        ValueError: its headers are too long, it has too many parts, or they are too deep in one
            another.
    """
    policy = email.policy.default.clone(header_factory=_Headers())
    message: EmailMessage = BytesParser(_Parts(), policy=policy).parsebytes(data)
    return message


def message_bytes(message: EmailMessage) -> bytes:
    """Return a message that is part of another, with its headers as they are written there."""
    policy = message.policy
    assert isinstance(policy, email.policy.EmailPolicy)
    return message.as_bytes(policy=policy.clone(refold_source="none"))
