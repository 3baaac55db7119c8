"""Ask a database for the known vulnerabilities of what the service installs.

``make audit`` and ``.ci/run`` run this. pip-audit reads the locks, so nothing has to be installed
but pip-audit. The exit code is 1 if a vulnerability is known that a newer version mends, and
otherwise 0, also where no database can be reached.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
REPORT = FOLDER.parent / "build" / "audit.json"

_LOCKS = ("torch", "demo", "image")
_PIP_AUDIT = [
    *(sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"),
    *("--progress-spinner", "off", "--timeout", "5", "--format", "json", "--output", str(REPORT)),
    *(word for name in _LOCKS for word in ("--requirement", str(FOLDER / f"{name}.txt"))),
]


@dataclass(frozen=True)
class Verdict:
    """What a report says.

    Attributes:
        lines: what a person is told.
        failed: whether a vulnerability is known that a newer version mends.
    """

    lines: list[str]
    failed: bool


def report(seconds: float) -> dict[str, Any] | None:
    """Return pip-audit's report, None if there is none after this many seconds."""
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.unlink(missing_ok=True)
    try:
        # Its exit code is 1 both for vulnerabilities and for a database out of reach.
        subprocess.run(_PIP_AUDIT, check=False, capture_output=True, timeout=seconds)
        found: dict[str, Any] = json.loads(REPORT.read_bytes())
    except (subprocess.TimeoutExpired, OSError, ValueError):
        return None
    return found


def verdict(found: dict[str, Any] | None) -> Verdict:
    """Return what a report says.

    A database that does not know a package says nothing about it; one that knows none of them is
    no database, such as a mirror that only has files.
    """
    packages = found["dependencies"] if found else []
    known = [each for each in packages if "vulns" in each]
    if not known:
        return Verdict(["Not audited: no database of vulnerabilities could be asked."], False)
    lines = [f"Audited {len(known)} of {len(packages)} packages."]
    failed = False
    for package in known:
        for vulnerability in package["vulns"]:
            mended = vulnerability["fix_versions"]
            failed = failed or bool(mended)
            advice = f"mended in {', '.join(mended)}" if mended else "not mended in any version"
            lines.append(f"{package['name']} {package['version']}: {vulnerability['id']}, {advice}")
    return Verdict(lines, failed)


def main() -> None:
    """Print what is known, and exit with 1 if something should be updated."""
    parser = argparse.ArgumentParser(description="Ask for known vulnerabilities of the locks.")
    parser.add_argument("--seconds", type=float, default=600, help="how long it may take")
    said = verdict(report(parser.parse_args().seconds))
    sys.stdout.write("\n".join([*said.lines, ""]))
    sys.exit(1 if said.failed else 0)


if __name__ == "__main__":
    main()
