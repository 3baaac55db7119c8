"""What is built from the checkout, installed where there is no checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.packaging.environments import VirtualEnvironment

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("tamngu", "embeddings", "reading", "rag", "api", "eval")

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "site")
"""What tools write into a checkout, and of which nothing may be built."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy to build from: building writes into it."""
    return shutil.copytree(ROOT, tmp_path_factory.mktemp("build") / "tamngu", ignore=LEFT_OUT)


@pytest.fixture(scope="module")
def built(checkout: Path) -> Path:
    """A folder with the sdist, and with the wheel that is built from the sdist."""
    command = [sys.executable, "-m", "build", "--no-isolation", str(checkout)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return checkout / "dist"


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (wheel,) = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def without_extras(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> VirtualEnvironment:
    environment = VirtualEnvironment(tmp_path_factory.mktemp("base"), wheel)
    environment.link_dependencies()
    return environment


def files_of(folder: Path, *names: str) -> set[str]:
    """Return the files of some of a folder's files and folders, by their paths in it."""
    paths = (path for name in names for path in [folder / name, *(folder / name).rglob("*")])
    return {path.relative_to(folder).as_posix() for path in paths if path.is_file()}


def test_the_wheel_holds_all_modules_and_their_data(checkout: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == files_of(checkout, *PACKAGES)


def test_the_sdist_holds_what_the_tests_need(checkout: Path, built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    needed = (
        "Makefile",
        "constraints.txt",
        "pyproject.toml",
        "README.md",
        "docs",
        "locks",
        "tests",
    )
    assert held >= files_of(checkout, *needed, *PACKAGES)


def test_the_demo_runs_where_no_extra_is_installed(
    checkout: Path, without_extras: VirtualEnvironment, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    done = without_extras.run("tamngu", "demo", "--no-serve", "--home", str(home), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    articles = list((checkout / "rag" / "sample").iterdir())
    assert f"{len(articles)} articles added" in done.stdout


def test_a_command_whose_extra_is_missing_says_what_to_install(
    without_extras: VirtualEnvironment, tmp_path: Path
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = project["entry-points"]["tamngu.commands"]
    extras = {
        name: point.partition("[")[2].rstrip("]") for name, point in points.items() if "[" in point
    }
    assert extras
    for name, extra in extras.items():
        for options in ([], ["--any", "--option"], ["--help"]):
            done = without_extras.run("tamngu", name, *options, cwd=tmp_path)
            said = f"Error: The command {name!r} needs more packages: pip install 'tamngu[{extra}]'"
            assert (done.returncode, done.stderr.strip()) == (1, said)
    assert without_extras.run("tamngu", "--help", cwd=tmp_path).returncode == 0


def test_the_client_needs_httpx_and_pydantic_only_beside_packages_of_the_same_names(
    wheel: Path, tmp_path: Path
) -> None:
    environment = VirtualEnvironment(tmp_path / "environment", wheel)
    environment.link("httpx", "pydantic")
    project = tmp_path / "project"
    for name in ("api", "eval", "rag", "reading", "embeddings"):
        (project / name).mkdir(parents=True)
        (project / name / "__init__.py").write_text("raise ImportError('the project\\'s own')\n")
    program = (
        "from tamngu.client import AsyncClient, Client\n"
        "with Client('http://127.0.0.1:9') as client:\n"
        "    print(type(client).__module__)\n"
        "for name in ('api', 'eval', 'rag', 'reading', 'embeddings', 'numpy'):\n"
        "    try:\n"
        "        __import__(name)\n"
        "    except ImportError:\n"
        "        print(name, 'cannot be imported')\n"
    )
    done = environment.run("python", "-c", program, cwd=project)
    assert done.returncode == 0, done.stderr
    first, *rest = done.stdout.splitlines()
    assert first.startswith("tamngu.client")
    assert len(rest) == 6
