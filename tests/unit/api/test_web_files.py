"""The web app's files: what the page names is there, and libraries are as they were published."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import get_args

import pytest

from api.web_files import read_web_app
from tamngu.records.notice import NoticeCode

WEB = Path(str(files("api") / "web"))
PACKAGES = Path(__file__).parents[3] / "build" / "web" / "node_modules"

OWN = sorted(path for path in WEB.rglob("*.js") if "vendor" not in path.parts)
LIBRARIES = {"preact", "preact/hooks", "@preact/signals", "htm"}

STATIC = re.compile(r'^(?:import|export|\}) ?[^"\n]*from "([^"]+)";|^import "([^"]+)";', re.M)
DYNAMIC = re.compile(r'import\("([^"]+)"\)')
ANY = re.compile(r"^import\b", re.M)

ENTRY = re.compile(r'^  (?:"([^"]+)"|(\w+)): (\[.*\]|".*"),$', re.M)

LOCALES = ("en", "vi", "zh_hans", "zh_hant")


def test_the_page_names_files_that_are_there() -> None:
    app = read_web_app()
    page = app.page.content.decode()
    named = re.findall(r'(?:src|href)="(/assets/[^"]+)"', page)
    named += json.loads(page.split('<script type="importmap">')[1].split("<")[0])[
        "imports"
    ].values()
    assert len(named) > 20
    styles = app.assets[next(name for name in named if name.endswith(".css"))]
    sheets = sorted((WEB / "styles").glob("*.css"))
    assert styles.content == b"\n".join(sheet.read_bytes() for sheet in sheets)
    assert set(named) <= set(app.assets)
    assert not re.search(r"\{\w+\}", page)


def test_what_is_never_changed_has_the_hash_of_all_in_its_path() -> None:
    first, *others = {path.split("/")[2] for path in read_web_app().assets}
    assert others == []
    assert re.fullmatch("[0-9a-f]{16}", first)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.relative_to(WEB).as_posix())
def test_a_module_imports_modules_that_are_there(path: Path) -> None:
    text = re.sub(r'import\("[^"]+"\)\.\w+', "", path.read_text(encoding="utf-8"))
    static = [one or other for one, other in STATIC.findall(text)]
    dynamic = DYNAMIC.findall(text)
    # All of them have the form that the page's list of modules is made from.
    assert len(ANY.findall(text)) == len(static)
    for target in (*static, *dynamic):
        assert target in LIBRARIES or (path.parent / target).resolve().is_file(), target


def test_modules_are_short() -> None:
    long = [path for path in OWN if len(path.read_text(encoding="utf-8").splitlines()) >= 300]
    assert long == []
    folders = {path.parent for path in OWN}
    assert all(len([*folder.glob("*.js")]) < 20 for folder in folders)


def entries(name: str) -> dict[str, str]:
    text = (WEB / "i18n" / f"{name}.js").read_text(encoding="utf-8")
    return {one or other: value for one, other, value in ENTRY.findall(text)}


@pytest.mark.parametrize("name", LOCALES[1:])
def test_a_catalogue_names_the_values_that_the_english_one_names(name: str) -> None:
    english, other = entries("en"), entries(name)
    assert len(english) > 200
    assert set(other) == set(english)
    values = re.compile(r"\{\w+\}")
    wrong = [
        key for key in english if {*values.findall(other[key])} != {*values.findall(english[key])}
    ]
    assert wrong == []


def test_every_text_of_the_catalogue_is_used() -> None:
    texts = "\n".join(
        path.read_text(encoding="utf-8") for path in OWN if path.parent.name != "i18n"
    ) + (WEB / "i18n" / "locale.js").read_text(encoding="utf-8")
    # Some keys are put together: `t(`nav.${name}`)`.
    beginnings = tuple(re.findall(r"`([\w.]+[.-])\$\{", texts))
    unused = [
        key for key in entries("en") if f'"{key}"' not in texts and not key.startswith(beginnings)
    ]
    assert unused == []


def test_each_notice_of_the_service_is_said_in_each_language() -> None:
    text = (WEB / "i18n" / "notices.js").read_text(encoding="utf-8")
    sentences = text.split("const SENTENCES = {")[1].split("\n};")[0]
    said = re.findall(r'^  "?([a-z-]+)"?: \{\n((?:    .*\n)+)', sentences, re.MULTILINE)
    assert {code for code, _ in said} == set(get_args(NoticeCode))
    for code, forms in said:
        names = re.findall(r'^    "?([\w-]+)"?: ', forms, re.MULTILINE)
        assert names == ["vi", "zh-Hans", "zh-Hant"], code
        values = [set(re.findall(r"\{\w+\}", form)) for form in forms.splitlines()]
        assert values[0] == values[1] == values[2], code


def test_libraries_are_as_they_were_published() -> None:
    lines = (WEB / "vendor" / "VERSIONS").read_text(encoding="utf-8").splitlines()
    rows = [re.split(r"\s{2,}", line) for line in lines[3:7]]
    if not PACKAGES.is_dir():
        pytest.skip("no npm packages; make build/web/made installs them")
    for folder, package, version, names in rows:
        installed = json.loads((PACKAGES / package / "package.json").read_text(encoding="utf-8"))
        assert installed["version"] == version
        ours = WEB / "vendor" / folder
        for name in names.split(", "):
            published = PACKAGES / package / name
            assert (ours / published.name).read_bytes() == published.read_bytes()
        assert (ours / "LICENSE").read_bytes() == (PACKAGES / package / "LICENSE").read_bytes()
