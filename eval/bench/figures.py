"""Figures of all measurements: what they were measured on, and how they compare with others."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from eval.bench.errors import BenchFailed


@dataclass(frozen=True)
class Kind:
    """How a kind of figure is compared.

    Attributes:
        ending: of its name.
        spread: share of the older figure up to which two runs of the same code differ. Times
            differed by up to a quarter from run to run on machines that others share, memory by a
            tenth, sizes on disk and recall hardly at all.
        more_is_better: whether a larger figure is better.
    """

    ending: str
    spread: float
    more_is_better: bool


KINDS = (
    Kind("tokens_per_s", 0.25, True),
    Kind("per_s", 0.25, True),
    Kind("_ms", 0.25, False),
    Kind("_mb", 0.1, False),
    Kind("recall@10", 0.005, True),
    Kind("kb_a_passage", 0.02, False),
    Kind("in all", 0.02, False),
    Kind("bytes_per_passage", 0.02, False),
    Kind("_s", 0.25, False),
)
"""The first whose ending fits counts. Other figures are shown and not compared."""


@dataclass(frozen=True)
class Figures:
    """What a run of all measurements found.

    Attributes:
        machine: what it was measured on.
        values: figures by their names, such as ``ask, 100000 passages: p50_ms``.
    """

    machine: Mapping[str, str]
    values: Mapping[str, float]

    def write(self, path: Path) -> None:
        """Write them as JSON.

        Raises:
            BenchFailed: the file cannot be written.
        """
        content = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        try:
            path.write_text(content + "\n", encoding="utf-8")
        except OSError as error:
            raise BenchFailed(f"Cannot write {path}: {error.strerror}.") from error

    @classmethod
    def read(cls, path: Path) -> Figures:
        """Read what :meth:`write` wrote.

        Raises:
            BenchFailed: the file cannot be read, or holds something else.
        """
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            values = {str(name): float(value) for name, value in found["values"].items()}
            machine = {str(name): str(value) for name, value in found["machine"].items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise BenchFailed(f"{path} holds no figures of tamngu bench all.") from error
        return cls(machine, values)


@dataclass(frozen=True)
class Comparison:
    """A figure beside an older one.

    Attributes:
        name: of the figure.
        older: the older figure.
        newer: the newer one.
        verdict: ``better``, ``worse`` or ``same``, by the spread of its kind; empty if figures of
            its kind are not compared.
    """

    name: str
    older: float
    newer: float
    verdict: str


def machine() -> dict[str, str]:
    """Return what this machine is, in general words; OpenVINO and numkong may be missing."""
    found = {
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        "tamngu": version("tamngu"),
    }
    with suppress(ImportError):
        import openvino

        cpu = openvino.Core()
        abilities = cpu.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        found["processor"] = cpu.get_property("CPU", "FULL_DEVICE_NAME")
        found["precisions"] = " ".join(sorted(abilities))
        found["openvino"] = version("openvino")
    with suppress(ImportError):
        import numkong

        kernels = [name for name, has in numkong.get_capabilities().items() if has]
        found["kernels"] = " ".join(name for name in kernels if name != "serial")
    return found


def named(measurement: str, printed: Any) -> Iterator[tuple[str, float]]:  # noqa: ANN401 - JSON
    """Yield the figures among what a measurement printed as JSON, with their names."""
    for line in printed if isinstance(printed, list) else [printed]:
        head = measurement
        if isinstance(printed, list):
            # What tells the lines of a list apart.
            of = f"{line['passages']} passages" if "passages" in line else str(line["system"])
            head = f"{measurement}, {of}"
        for name, value in line.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield f"{head}: {name}", value


def compare(older: Figures, newer: Figures) -> list[Comparison]:
    """Return the figures that both have, in the order of the newer ones."""
    return [
        Comparison(name, older.values[name], value, _verdict(name, older.values[name], value))
        for name, value in newer.values.items()
        if name in older.values
    ]


def _verdict(name: str, older: float, newer: float) -> str:
    kind = next((each for each in KINDS if name.endswith(each.ending)), None)
    if kind is None:
        return ""
    if abs(newer - older) <= kind.spread * abs(older):
        return "same"
    return "better" if (newer > older) == kind.more_is_better else "worse"
