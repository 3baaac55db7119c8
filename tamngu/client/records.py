"""How the client reads records from the JSON of the service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

Record = TypeVar("Record")


class NotUnderstood(ValueError):
    """JSON that is not an answer of the service."""


@dataclass(frozen=True)
class WriteReport:
    """What was done with articles; see :class:`rag.ingestion.pipeline.IngestReport`."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    took_s: float = 0.0


def reader_of(kind: type[Record]) -> Callable[[Any], Record]:
    """Return a function that makes a record of JSON, or raises :class:`NotUnderstood`.

    Members that the record does not have are passed over, because a newer service may send more.
    """

    def read(content: Any) -> Record:  # noqa: ANN401
        try:
            return TypeAdapter(kind).validate_python(content)
        except ValidationError as error:
            raise NotUnderstood from error

    return read
