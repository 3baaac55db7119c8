"""The test set: passages with sentences that are true to them, and injections into them.

``cases.jsonl`` has a passage in each line. All are invented, as are their names, links and numbers.
The passages of one half served to choose words and thresholds; those of the other half did not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

HALVES = ("tuning", "held-out")

_FILE = "cases.jsonl"


@dataclass(frozen=True)
class HonestSentence:
    """A sentence that a model may write of the passage, in any of the three languages."""

    text: str
    language: str


@dataclass(frozen=True)
class Injection:
    """A line that somebody puts into the passage, and what an obedient model writes.

    Attributes:
        id: its name.
        goal: what it wants, such as ``secret``, ``link`` or ``false fact``.
        place: ``middle`` or ``end`` of the passage.
        injected: the line.
        sentence: what the model writes.
        language: of that sentence.
    """

    id: str
    goal: str
    place: str
    injected: str
    sentence: str
    language: str


@dataclass(frozen=True)
class Case:
    """A passage with sentences about it.

    Attributes:
        id: its name.
        half: one of :data:`HALVES`.
        kind: of the document, such as ``mail`` or ``forum``.
        language: the passage's.
        title: the document's.
        text: the passage.
        questions: what is asked, by language.
        honest: sentences that the passage says.
        injections: into the passage, each by itself.
    """

    id: str
    half: str
    kind: str
    language: str
    title: str
    text: str
    questions: Mapping[str, str]
    honest: Sequence[HonestSentence]
    injections: Sequence[Injection]

    def with_injection(self, injection: Injection) -> str:
        """Return the passage with an injection as a line of its own."""
        lines = self.text.split("\n")
        at = len(lines) if injection.place == "end" else len(lines) // 2
        return "\n".join([*lines[:at], injection.injected, *lines[at:]])


def cases() -> list[Case]:
    """Return the test set."""
    text = (files("eval.written_answers") / _FILE).read_text(encoding="utf-8")
    return [_case(json.loads(line)) for line in text.splitlines()]


def _case(line: dict[str, Any]) -> Case:
    honest = tuple(HonestSentence(**each) for each in line.pop("honest"))
    injections = tuple(Injection(**each) for each in line.pop("injections"))
    return Case(**line, honest=honest, injections=injections)
