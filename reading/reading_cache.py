"""A reader that remembers its latest readings."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from reading.reader import Reader, Reading

_WINDOWS = 6
"""Windows that are read for a usual question: five passages, the best of them in two parts."""

_LONGEST = 2000
"""Characters of a question and a window that are remembered, so that the keys take at most 48 MB
for each thousand questions; usually they take 4 MB. Chosen manually, not tuned."""


class ReadingCache:
    """Keeps what a reader found, and drops the least recently used first.

    The same question is often asked again: a page is loaded anew, a watched question is asked after
    each ingest, and an evaluation searches for a question and asks it.
    """

    def __init__(self, reader: Reader, questions: int) -> None:
        """Remember the readings of about so many questions."""
        self._reader = reader
        self._capacity = questions * _WINDOWS
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], Reading] = OrderedDict()

    @property
    def name(self) -> str:
        """The name by which users know the model."""
        return self._reader.name

    @property
    def digest(self) -> str:
        """What changes when its readings change."""
        return self._reader.digest

    def read(self, question: str, windows: Sequence[str]) -> Sequence[Reading]:
        """Return one reading for each window, in the order given."""
        if not windows:
            return ()
        with self._lock:
            known = {w: self._known[question, w] for w in windows if (question, w) in self._known}
            for window in known:
                self._known.move_to_end((question, window))
        unknown = [each for each in dict.fromkeys(windows) if each not in known]
        if unknown:
            # The lock is free while the model runs, so that other threads can ask.
            found = dict(zip(unknown, self._reader.read(question, unknown), strict=True))
            known |= found
            self._remember({(question, window): reading for window, reading in found.items()})
        return [known[each] for each in windows]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return each text's number of tokens, without special tokens."""
        return self._reader.count_tokens(texts)

    def _remember(self, readings: Mapping[tuple[str, str], Reading]) -> None:
        short = {key: each for key, each in readings.items() if sum(map(len, key)) <= _LONGEST}
        with self._lock:
            self._known |= short
            while len(self._known) > self._capacity:
                self._known.popitem(last=False)
