"""Searches without end at a service, each of which is checked, while something is done to it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

_PAUSE_S = 0.2
"""Seconds between two searches. Chosen manually, not tuned."""


@dataclass(frozen=True)
class Searched:
    """A search that has ended.

    Attributes:
        ended: when, by ``time.monotonic``.
        took_s: seconds from the question to the answer.
        is_answered: whether it was answered; if not, the service said when to come again.
        fault: what is wrong with the answer, or with the way in which it was refused; else "".
    """

    ended: float
    took_s: float
    is_answered: bool
    fault: str = ""


@dataclass
class Searching:
    """A thread that searches for articles that are there, and for some that have been deleted.

    Attributes:
        client: of the service.
        kept: ids of articles that are there; another thread may add some.
        deleted: ids of articles that were deleted; another thread may add some.
        done: the searches, oldest first.
    """

    client: httpx.Client
    kept: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    done: list[Searched] = field(default_factory=list)
    _ends: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Searching:
        """Begin."""
        self._thread = threading.Thread(target=self._search_on)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """End, when the search that runs has ended."""
        self._ends.set()
        if self._thread is not None:
            self._thread.join()

    def since(self, moment: float) -> list[Searched]:
        """Return the searches that ended after a moment."""
        return [each for each in self.done if each.ended > moment]

    def _search_on(self) -> None:
        chance = random.Random(0)
        while not self._ends.wait(_PAUSE_S):
            if self.kept:
                wanted = chance.choice(self.kept)
                gone = chance.sample(self.deleted, min(len(self.deleted), 5))
                self.done.append(self._searched(wanted, gone))

    def _searched(self, wanted: str, gone: Sequence[str]) -> Searched:
        begun = time.monotonic()
        asked = {"question": f"{wanted} Vientiane", "article_ids": [wanted, *gone]}
        try:
            said = self.client.post("/v1/search", json=asked)
        except httpx.HTTPError as error:
            ended = time.monotonic()
            return Searched(ended, ended - begun, False, f"no answer: {type(error).__name__}")
        ended = time.monotonic()
        is_answered = said.status_code == HTTPStatus.OK
        return Searched(ended, ended - begun, is_answered, _fault(said, wanted))


def _fault(said: httpx.Response, wanted: str) -> str:
    if said.status_code == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in said.headers:
        return ""
    if said.status_code != HTTPStatus.OK:
        return f"{said.status_code} {said.text[:200]}"
    found = {hit["article_id"] for hit in said.json()["hits"]}
    if found - {wanted}:
        return f"deleted articles are found: {sorted(found - {wanted})}"
    return "" if found else f"{wanted} is not found"
