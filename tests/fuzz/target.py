"""What is fuzzed: something that takes bytes, and what must hold for any bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from embeddings import TamnguError
from rag.text.visible import visible
from tests.fuzz.structures import Mutation

_NAMED = re.compile("[0-9]+|/[^ ]*fuzz-[^ ]*|['‘“\"].*", re.DOTALL)
"""Numbers and folders in a message, and all from the first quotation mark on."""

Run = Callable[[bytes], Hashable]
"""Takes an input and returns what came of it; equal inputs have equal outcomes.

Any error that it raises is a finding.
"""


@dataclass(frozen=True)
class Target:
    """Something that takes bytes.

    Attributes:
        name: of the target.
        seeds: returns inputs to begin with.
        mutate: changes an input.
        prepare: returns what takes the inputs; called once, before the first one.
        is_pure: whether the same input can be given twice.
    """

    name: str
    seeds: Callable[[], Sequence[bytes]]
    mutate: Mutation
    prepare: Callable[[], Run]
    is_pure: bool = True


class Fault(AssertionError):
    """Something does not hold that holds for any input."""


def must(holds: bool, what: str) -> None:
    """Return if something holds.

    Raises:
        Fault: it does not.
    """
    if not holds:
        raise Fault(what)


def refusal(error: Exception) -> str:
    """Return the kind of an error whose message may name numbers and words of the input."""
    return f"{type(error).__name__}: {_NAMED.sub('#', str(error))[:60]}"


def outcome_of(work: Callable[[], Hashable]) -> Hashable:
    """Return what work returns, or the kind of the project's own error that it raises.

    Raises:
        Fault: the message of that error cannot be shown.
    """
    try:
        return work()
    except TamnguError as error:
        must(visible(str(error)) == str(error), f"a message is not visible: {error!r}")
        must(len(str(error)) < 5000, "a message has more than 5,000 characters")
        return refusal(error)
