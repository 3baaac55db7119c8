"""What reading one document may cost: computing time, time, and memory."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Protocol

from embeddings.errors import TamnguError
from rag.readers.registry import ENDINGS

VARIABLE = "TAMNGU_READ_LIMITS"
"""The environment variable that changes the limits."""

_MB = 2**20

_WHOLE = 4
"""How many times its own computing time a document gets with everything inside it. Chosen manually,
not tuned."""

_PATIENCE = 10
"""Seconds that may pass for each second of computing time, because the machine has other work.
Chosen manually: a process of the lowest priority beside a training has been slower by as much."""

_LARGEST = 10**6
"""Largest value of a limit: more seconds than a week has, and a terabyte."""


class BadLimits(TamnguError):
    """The setting of limits cannot be read."""


@dataclass(frozen=True)
class Limit:
    """What reading a document may cost.

    A document inside another one, such as a member of an archive, has limits of its own. Between
    two articles of one document, such as two lines of JSON, the count begins again; the whole
    document has :meth:`whole_cpu_s`.

    The defaults were chosen manually: the slowest honest pages take 2 s a million characters, and
    the slowest PDF files 15 s for a thousand pages.

    Attributes:
        cpu_s: seconds of computing time, of a very small document.
        cpu_s_per_mb: further seconds for each MB (2**20 bytes).
        memory_mb: MB that its reader may take while it reads.
    """

    cpu_s: float = 20
    cpu_s_per_mb: float = 10
    memory_mb: int = 1024

    def step_cpu_s(self, size: int) -> int:
        """Return the whole seconds of computing time for a document of a size in bytes."""
        return math.ceil(self.cpu_s + self.cpu_s_per_mb * size / _MB)

    def whole_cpu_s(self, size: int) -> int:
        """Return the seconds for a document with everything inside it."""
        return _WHOLE * self.step_cpu_s(size)


class Measured(Protocol):
    """A document, as far as it decides what reading it may cost."""

    @property
    def kind(self) -> str:
        """See :mod:`rag.readers.registry`."""

    @property
    def size(self) -> int:
        """In bytes."""


@dataclass(frozen=True)
class Allowance:
    """What one step of reading a document may cost.

    Attributes:
        cpu_s: seconds of computing time.
        memory_mb: MB of memory.
    """

    cpu_s: int
    memory_mb: int

    @property
    def wall_s(self) -> int:
        """Seconds that may pass."""
        return _PATIENCE * self.cpu_s


_PACKED = Limit(cpu_s_per_mb=60)
"""For documents that are packed: a MB of them has ten MB of pages or more."""

_BY_KIND = dict.fromkeys((".docx", ".docm", ".dotx", ".dotm", ".epub", ".zip", ".warc.gz"), _PACKED)


@dataclass(frozen=True)
class Limits:
    """The limits of all documents.

    Attributes:
        default: of kinds that have no limits of their own.
        by_kind: by kind; see :mod:`rag.readers.registry`.
    """

    default: Limit = Limit()
    by_kind: Mapping[str, Limit] = field(default_factory=lambda: dict(_BY_KIND))

    def of(self, kind: str) -> Limit:
        """Return the limits of a kind of documents."""
        return self.by_kind.get(kind, self.default)

    def allowance(self, document: Measured, whole: Measured) -> Allowance:
        """Return what a step of reading a document may cost.

        Args:
            document: the one that is parsed.
            whole: the one that was asked for; ``document`` itself, or one around it. What is
                unpacked from few bytes gets no more than those bytes do.
        """
        own, around = self.of(document.kind), self.of(whole.kind)
        cpu_s = min(own.step_cpu_s(document.size), around.whole_cpu_s(whole.size))
        return Allowance(cpu_s, own.memory_mb)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Limits:
        """Return the limits, as :data:`VARIABLE` changes them.

        Raises:
            BadLimits: its value cannot be read.
        """
        try:
            return changed(cls(), environment.get(VARIABLE, ""))
        except BadLimits as error:
            raise BadLimits(f"{VARIABLE}: {error}") from None


def changed(limits: Limits, setting: str) -> Limits:
    """Return limits with other values.

    Args:
        limits: to begin with.
        setting: ``NAME=NUMBER`` for all kinds, or ``KIND:NAME=NUMBER`` for one, separated by
            spaces, in their order. The names are those of :class:`Limit`.

    Raises:
        BadLimits: a name, a kind or a number is not allowed.

    >>> changed(Limits(), "cpu_s=60 .pdf:memory_mb=2048").of(".pdf")
    Limit(cpu_s=60, cpu_s_per_mb=10, memory_mb=2048)
    """
    for word in setting.split():
        place, _, value = word.partition("=")
        kind, _, name = place.rpartition(":")
        if kind and kind not in ENDINGS:
            raise BadLimits(
                f"{kind!r:.100} is not a kind of files; write one of {' '.join(ENDINGS)}."
            )
        if kind:
            one = _changed(limits.of(kind), name, value, word)
            limits = replace(limits, by_kind={**limits.by_kind, kind: one})
        else:
            every = {each: _changed(one, name, value, word) for each, one in limits.by_kind.items()}
            limits = Limits(_changed(limits.default, name, value, word), every)
    return limits


def _changed(limit: Limit, name: str, value: str, word: str) -> Limit:
    names = [each.name for each in fields(Limit)]
    is_number = value.isdecimal() and len(value) <= len(str(_LARGEST))
    if name not in names or not is_number or not 0 < int(value) <= _LARGEST:
        raise BadLimits(
            f"{word!r:.100} is not a limit; write NAME=NUMBER, or KIND:NAME=NUMBER, with a whole "
            f"number from 1 to {_LARGEST:,} and one of the names {', '.join(names)}."
        )
    return replace(limit, **{name: int(value)})
