"""Print the percent of each package's lines that the tests reach, and fail where it is too low.

    python -m tests.reached_lines REPORT PACKAGE:PERCENT...

``REPORT`` is what SlipCover writes as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any


def percent_reached(files: Mapping[str, Any], package: str) -> float:
    """Return the percent of a package's lines that were reached; 0 if it has none.

    Args:
        files: the report's entry for each file, by its path below the repository's folder.
        package: name of its folder.
    """
    found = [each["summary"] for path, each in files.items() if Path(path).parts[0] == package]
    reached = sum(each["covered_lines"] for each in found)
    lines = reached + sum(each["missing_lines"] for each in found)
    return 100 * reached / lines if lines else 0.0


def too_low(files: Mapping[str, Any], floors: Iterable[str]) -> Iterator[str]:
    """Yield a line about each package of which less is reached than its floor says.

    Args:
        files: see :func:`percent_reached`.
        floors: each as ``PACKAGE:PERCENT``.
    """
    for package, _, floor in (each.partition(":") for each in floors):
        percent = percent_reached(files, package)
        if percent < float(floor):
            yield f"{package}: {percent:.1f} percent of its lines are reached, fewer than {floor}."


def main(report: str, *floors: str) -> int:
    """Print the percents; return the exit code."""
    files = json.loads(Path(report).read_text(encoding="utf-8"))["files"]
    for package in (each.partition(":")[0] for each in floors):
        sys.stdout.write(f"{package}: {percent_reached(files, package):.1f}\n")
    faults = list(too_low(files, floors))
    sys.stderr.writelines(f"{each}\n" for each in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
