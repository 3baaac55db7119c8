"""The documentation site: complete, without broken references, and built without the network."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, blocks

pytest.importorskip("sphinx", reason="the extra docs is not installed")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, as ``make docs`` builds it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going"]
    folders = ["-d", folder / "doctrees", ROOT / "docs", folder / "pages"]
    built = subprocess.run([*command, *map(str, folders)], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return folder / "pages"


@pytest.mark.slow
@pytest.mark.parametrize("module", ["tamngu", "tamngu.client"])
def test_the_reference_has_every_public_name(module: str, site: Path) -> None:
    shown = "".join(page.read_text("utf-8") for page in (site / "reference").glob("*.html"))
    public = {name for name in dir(import_module(module)) if name[0].isupper()}
    public -= {"TYPE_CHECKING"}
    described = set(re.findall(r'id="(?:[\w.]+\.)?(\w+)"', shown))
    assert public <= described, sorted(public - described)


@pytest.mark.slow
def test_the_reference_has_every_route_and_record(site: Path) -> None:
    document = json.loads((site / "openapi.json").read_text("utf-8"))
    page = (site / "reference" / "http.html").read_text("utf-8")
    for path, operations in document["paths"].items():
        for method in operations:
            assert f">{method.upper()} {path}<" in page
    for record in document["components"]["schemas"]:
        assert f">{record}<" in page


@pytest.mark.slow
def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    loaded = re.compile(r'(?:src|<link[^>]*href)="((?:https?:)?//[^"]*)"')
    for page in site.rglob("*.html"):
        assert not loaded.findall(page.read_text("utf-8")), page
    for sheet in site.rglob("*.css"):
        assert not re.findall(r"url\(\"?https?:", sheet.read_text("utf-8")), sheet


def test_the_example_of_the_first_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (example,) = [each for each in blocks(ROOT / "docs" / "index.md") if each.kind == "python"]
    exec(compile(example.text, example.place, "exec"), {})
    assert "1997" in capsys.readouterr().out
