"""Virtual environments that hold the built package and some of what is installed here."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Iterable
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement


class VirtualEnvironment:
    """An environment in which the wheel is installed. Its programs do not see the checkout."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        """Make the environment; what the wheel depends on is not installed."""
        venv.create(folder, symlinks=True)
        self._programs = folder / "bin"
        (self.packages,) = folder.glob("lib/python*/site-packages")
        pip = [sys.executable, "-m", "pip", "--python", str(self._programs / "python")]
        options = ["--quiet", "--no-deps", "--no-index", "--no-compile"]
        subprocess.run([*pip, "install", *options, str(wheel)], check=True)

    def link(self, *requirements: str) -> None:
        """Link packages that are installed here into the environment, and what they depend on."""
        for package in _with_dependencies(requirements):
            for name in {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"}:
                if not (self.packages / name).exists():
                    (self.packages / name).symlink_to(str(package.locate_file(name)))

    def link_dependencies(self) -> None:
        """Link what the wheel depends on when no extra is asked for."""
        (package,) = distributions(path=[str(self.packages)])
        self.link(*(package.requires or ()))

    def run(
        self, program: str, *arguments: str, cwd: Path, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment in a folder."""
        env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        words = [str(self._programs / program), *arguments]
        return subprocess.run(words, cwd=cwd, env=env | variables, capture_output=True, text=True)


def _with_dependencies(requirements: Iterable[str]) -> Iterable[Distribution]:
    """Return the packages that are required, directly or not, without any extras."""
    found: dict[str, Distribution] = {}
    waiting = list(requirements)
    while waiting:
        requirement = Requirement(waiting.pop())
        asked = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if asked and requirement.name not in found:
            found[requirement.name] = distribution(requirement.name)
            waiting += found[requirement.name].requires or ()
    return found.values()
