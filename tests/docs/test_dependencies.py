"""``docs/dependencies.md`` names every package that the project asks for, and no other."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import pairwise

from markdown_it import MarkdownIt
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.docs.markdown import ROOT

PAGE = ROOT / "docs" / "dependencies.md"


def asked_for() -> set[str]:
    """Return the packages of ``pyproject.toml``, those of extras and tools among them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    names = {str(canonicalize_name(Requirement(text).name)) for texts in lists for text in texts}
    return names - {project["project"]["name"]}


def rows() -> Iterator[list[str]]:
    """Yield the rows of the page's tables of packages, as the texts of their cells."""
    tokens = MarkdownIt().enable("table").parse(PAGE.read_text(encoding="utf-8"))
    header: list[str] = []
    row: list[str] = []
    for before, token in pairwise(tokens):
        if token.type == "tr_open":
            row = []
        elif before.type in ("th_open", "td_open"):
            row.append(token.content)
            header = row if before.type == "th_open" else header
        elif token.type == "tr_close" and row is not header and header[0] == "package":
            yield row


def test_every_package_has_one_row_and_nothing_else_has() -> None:
    named = [str(canonicalize_name(row[0])) for row in rows()]
    assert sorted(named) == sorted(asked_for())


def test_every_cell_says_something() -> None:
    assert all(cell.strip() for row in rows() for cell in row)
