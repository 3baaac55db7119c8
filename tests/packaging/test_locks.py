"""The locks hold what is installed: every package, in the tested version, with hashes."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "locks"

DEMO = ("torch", "demo")
IMAGE = (*DEMO, "image")
DOCS = (*IMAGE, "docs")
DEV = (*DOCS, "dev")

ENVIRONMENTS = [
    (DEMO, ["server"]),
    (IMAGE, ["mcp", "otel", "server"]),
    (DOCS, ["docs"]),
    (DEV, ["dev"]),
]
"""What is installed one after another, and the extras that this is for."""

_ENTRY = re.compile(
    r"^(\S+)==([^\s;]+)(?: ; (.*?))?((?: \\\n +--hash=sha256:[\da-f]{64})+)$", re.MULTILINE
)


@cache
def entries(lock: str) -> dict[str, tuple[str, str | None]]:
    """Return the version and the marker of each package of a lock."""
    text = (LOCKS / f"{lock}.txt").read_text(encoding="utf-8")
    found = {name: (version, marker or None) for name, version, marker, _ in _ENTRY.findall(text)}
    named = [line for line in text.splitlines() if re.match(r"\w", line)]
    assert len(found) == len(named), "an entry has no hash, or stands twice"
    return found


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pairs}


@pytest.mark.parametrize("lock", ["torch", "demo", "image", "docs", "dev", "audit"])
def test_versions_are_those_of_the_constraints(lock: str) -> None:
    tested = constraints()
    other = {
        name: version
        for name, (version, _) in entries(lock).items()
        if tested.get(name, version) != version
    }
    assert entries(lock)
    assert not other


def test_what_the_constraints_name_is_locked() -> None:
    locked = {name for lock in DEV for name in entries(lock)}
    assert constraints().keys() <= locked


def test_the_cpu_build_of_torch_is_the_version_of_the_other_builds() -> None:
    (version, _) = entries("torch")["torch"]
    assert entries("torch-cpu") == {"torch": (f"{version}+cpu", None)}


@pytest.mark.parametrize(("locks", "extras"), ENVIRONMENTS, ids=lambda each: each[-1])
def test_nothing_that_is_needed_is_missing(locks: tuple[str, ...], extras: list[str]) -> None:
    """pip installs the locks without looking for what their packages need."""
    held = {name for lock in locks for name in entries(lock)}
    assert needed(extras) <= held


def test_the_locked_build_tools_are_installed_first() -> None:
    """``make demo`` builds Tamngu itself with what the locks have."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for text in project["build-system"]["requires"]:
        requirement = Requirement(text)
        version, marker = entries("demo")[canonicalize_name(requirement.name)]
        assert marker is None
        assert requirement.specifier.contains(version)


def needed(extras: list[str]) -> set[str]:
    """Return the packages that Tamngu with some extras needs on this platform."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    waiting = [*project["dependencies"], *(text for extra in extras for text in optional[extra])]
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            if name == project["name"]:
                waiting += optional.get(extra, [])
                continue
            found.add(name)
            waiting += [
                text
                for text in distribution(name).requires or []
                if (marker := Requirement(text).marker) is None or marker.evaluate({"extra": extra})
            ]
    return found
