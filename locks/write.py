"""Write the locks: each package of an environment, with its version and the hashes of its files.

``make locks`` runs this after a change of ``pyproject.toml`` or ``constraints.txt``. uv resolves
for all platforms and all supported versions of Python at once, and asks the package index for the
hashes of all files of a version. What an earlier lock has is not written again, because the locks
are installed one after another.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent

_UV = [
    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet"),
    *("--universal", "--no-python-downloads", "--generate-hashes"),
    *("--constraint", "constraints.txt", "--no-header", "--no-annotate"),
]

_OF_TORCH = re.compile(r"(?:torch|triton|nvidia-\S+|cuda-\S+)==")
"""What only the builds of torch need that the package index has, and torch itself."""

_ABOUT = "# Written by `make locks`.\n"


@dataclass(frozen=True)
class Environment:
    """What is installed for a purpose.

    Attributes:
        name: the name of the lock, without its ending.
        asked: what uv is told to resolve.
        python: the lowest version of Python that everything in it supports.
    """

    name: str
    asked: tuple[str, ...]
    python: str = "3.11"


_ENVIRONMENTS = [
    Environment("demo", ("pyproject.toml", "--extra", "server")),
    Environment(
        "image",
        (
            *("pyproject.toml", "--extra", "cluster", "--extra", "mcp"),
            *("--extra", "otel", "--extra", "server"),
        ),
    ),
    # soupsieve, which furo brings, needs this version.
    Environment("docs", ("pyproject.toml", "--extra", "docs"), python="3.11.5"),
    Environment("dev", ("pyproject.toml", "--extra", "dev"), python="3.11.5"),
]

_TOOLS = Environment("audit", ("--group", "pyproject.toml:audit"))
"""It is installed by itself, so its lock has everything."""


def entries(environment: Environment) -> list[str]:
    """Return the entries of a lock: a requirement and its hashes each, in the order of names.

    Raises:
        subprocess.CalledProcessError: the requirements contradict each other, or the index cannot
            be reached.
    """
    command = [*_UV, *environment.asked, "--python-version", environment.python]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return re.findall(r"^\S+==.*\n(?: .*\n)*", done.stdout, re.MULTILINE)


def main() -> None:
    """Write all locks but the one of torch's CPU builds, which are not on the package index."""
    written: set[str] = set()
    for environment in _ENVIRONMENTS:
        found = entries(environment)
        if not written:
            write("torch", [each for each in found if _OF_TORCH.match(each)])
        write(
            environment.name,
            [each for each in found if each not in written and not _OF_TORCH.match(each)],
        )
        written.update(found)
    write(_TOOLS.name, entries(_TOOLS))


def write(name: str, lock: list[str]) -> None:
    """Write one lock."""
    (FOLDER / f"{name}.txt").write_text(_ABOUT + "".join(lock), encoding="utf-8")


if __name__ == "__main__":
    main()
