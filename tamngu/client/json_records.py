"""How the client reads records from the JSON of the service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

Record = TypeVar("Record")


class NotUnderstood(ValueError):
    """JSON that is not an answer of the service."""


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def adapter_of(kind: type[Record]) -> TypeAdapter[Record]:
    """Return what reads and writes a record as JSON. Each is made once, in about a millisecond."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def reader_of(kind: type[Record]) -> Callable[[Any], Record]:
    """Return a function that makes a record of JSON, or raises :class:`NotUnderstood`.

    Members that the record does not have are passed over, because a newer service may send more.
    """

    def read(content: Any) -> Record:  # noqa: ANN401
        try:
            return adapter_of(kind).validate_python(content)
        except ValidationError as error:
            raise NotUnderstood from error

    return read
