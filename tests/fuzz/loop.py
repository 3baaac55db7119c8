"""Gives a target one changed input after the other, and tells what does not hold."""

from __future__ import annotations

import time
import traceback
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.fuzz.mutations import LARGEST
from tests.fuzz.target import Fault, Target

MOST_CPU_S = 5.0
MOST_MB = 500.0
"""Seconds of computing time, and MB (2**20 bytes) of memory, that an input of at most
:data:`tests.fuzz.mutations.LARGEST` bytes may cost. Chosen manually, not tuned: ordinary documents
of this size cost a tenth of it."""

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")

_KEPT = 300
"""Inputs of new outcomes that are kept to be changed again. Chosen manually, not tuned."""

_QUICK_S = 0.2
"""Seconds of computing time up to which an input is given twice."""

_SMALLER_S = 20.0
"""Seconds of computing time in which the input of a finding is made smaller."""

COSTLY = "costly"
"""The kind of findings that cost too much."""


@dataclass(frozen=True)
class Finding:
    """An input for which something does not hold.

    Attributes:
        target: its name.
        data: the input.
        what: the traceback, or what it costs.
        kind: equal for findings that probably have one cause.
    """

    target: str
    data: bytes
    what: str
    kind: str


class Loop:
    """Fuzzes one target; inputs whose outcome is new are changed further."""

    def __init__(self, target: Target, seed: int) -> None:
        """Prepare the target; the same seed gives the same inputs."""
        self.target = target
        self.executions = 0
        self._random = Random(f"{target.name} {seed}")
        self._run = target.prepare()
        self._seeds = [seed for seed in target.seeds() if len(seed) <= LARGEST]
        self._waiting = list(self._seeds)
        self._kept: list[bytes] = []
        self._outcomes: set[Hashable] = set()

    def close(self) -> None:
        """End what the target has begun."""
        close = getattr(self._run, "close", None)
        if close is not None:
            close()

    def next_input(self) -> bytes:
        """Return the next input: first the seeds, then changed ones."""
        if self._waiting:
            return self._waiting.pop()
        known = self._seeds if not self._kept or self._random.random() < 0.4 else self._kept
        return self.target.mutate(self._random, self._random.choice(known))

    def given(self, data: bytes) -> Finding | None:
        """Give the target an input; return what does not hold."""
        self.executions += 1
        costs = _Costs()
        try:
            outcome = self._run(data)
            excess = costs.excess()
            is_repeated = excess is None and self.target.is_pure and costs.cpu_s() < _QUICK_S
            if is_repeated and self._run(data) != outcome:
                raise Fault("the same input has another outcome the second time")
        except Exception as error:
            return Finding(self.target.name, data, traceback.format_exc(), kind_of(error))
        if excess is not None:
            return Finding(self.target.name, data, excess, COSTLY)
        if outcome not in self._outcomes and len(self._kept) < _KEPT:
            self._outcomes.add(outcome)
            self._kept.append(data)
        return None

    def smaller(self, finding: Finding) -> Finding:
        """Return a finding of the same kind with a smaller input, as far as that is soon found."""
        ends = time.process_time() + _SMALLER_S
        data = finding.data
        step = len(data) // 2
        while step:
            place = 0
            while place < len(data):
                if time.process_time() > ends:
                    return finding
                shorter = data[:place] + data[place + step :]
                again = self.given(shorter)
                if again is not None and again.kind == finding.kind:
                    data, finding = shorter, again
                else:
                    place += step
            step //= 2
        return finding


def kind_of(error: BaseException) -> str:
    """Return where an error came from: its type, and the last lines of the project's own code."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename]
    places = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in own[-2:]]
    return " ".join((type(error).__name__, *places))


class _Costs:
    """Measures from its beginning."""

    def __init__(self) -> None:
        """Begin."""
        # Where the system cannot forget the highest memory, it is that of the whole process.
        with suppress(OSError):
            _RESET.write_text("5")
        self._held_mb = _highest_mb()
        self._began_s = time.process_time()

    def cpu_s(self) -> float:
        """Return the seconds of computing time until now."""
        return time.process_time() - self._began_s

    def mb(self) -> float:
        """Return how much more memory was held at most until now, in MB."""
        return _highest_mb() - self._held_mb

    def excess(self) -> str | None:
        """Return a sentence that says which bound is exceeded; None if none is."""
        if self.cpu_s() > MOST_CPU_S:
            return f"it takes {self.cpu_s():.1f} s of computing"
        if self.mb() > MOST_MB:
            return f"it takes {self.mb():.0f} MB"
        return None


def _highest_mb() -> float:
    """Return the highest resident set of this process in MB; 0 where the system does not tell."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
