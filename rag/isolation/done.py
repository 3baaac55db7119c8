"""Which documents inside a document have been read, so that a new process goes on behind them."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Done:
    """The documents inside one document that are not to be read again.

    Almost all are read in their order, so of each container only the first number that is missing
    is kept, and the few numbers beyond it.

    Attributes:
        below: for the place of each container: the documents with smaller numbers are done.
        beyond: for the place of each container: further numbers that are done.
    """

    below: dict[str, int] = field(default_factory=dict)
    beyond: dict[str, set[int]] = field(default_factory=dict)

    def add(self, place: str) -> None:
        """Note that a document, and everything inside it, is done."""
        self.below.pop(place, None)
        self.beyond.pop(place, None)
        container, number = _split(place)
        beyond = self.beyond.setdefault(container, set())
        beyond.add(number)
        below = self.below.get(container, 0)
        while below in beyond:
            beyond.remove(below)
            below += 1
        self.below[container] = below

    def has(self, place: str) -> bool:
        """Tell whether a document is done."""
        container, number = _split(place)
        return number < self.below.get(container, 0) or number in self.beyond.get(container, ())


def _split(place: str) -> tuple[str, int]:
    container, _, number = place.rpartition("/")
    return container, int(number)
