"""The table of features names tests for each thing that Tamngu is said to do, and they exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from tests.docs.markdown import ALL_PAGES, ROOT, code

PAGE = ROOT / "docs" / "explanation" / "other-systems.md"

SYSTEMS = 8
"""Columns of the table of features, beside the feature itself."""


def rows(columns: int) -> dict[str, list[str]]:
    """Return the rows of the page's table that has so many columns, by their first cell."""
    lines = (line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:2] == "| ")
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {cells[0]: cells[1:] for cells in split if len(cells) == columns and "---" not in cells}


@cache
def names_in(module: Path) -> frozenset[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_tests_that_the_pages_name_exist() -> None:
    missing = [
        f"{page.name}: {text}"
        for page in ALL_PAGES
        if ".py::" in page.read_text(encoding="utf-8")
        for text in code(page)
        if (named := re.fullmatch(r"(tests/\S+\.py)::(\w+)", text))
        and not ((ROOT / named[1]).is_file() and named[2] in names_in(ROOT / named[1]))
    ]
    assert not missing


def test_each_feature_that_tamngu_has_names_a_test() -> None:
    features, named = rows(SYSTEMS + 1), rows(2)
    assert {cells[0] for feature, cells in features.items() if feature != "feature"} == {"yes"}
    assert list(features) == list(named)
    assert all("::test_" in named[feature][0] for feature in features if feature != "feature")


def test_each_mark_of_another_system_has_its_source() -> None:
    marks = {
        mark
        for cells in rows(SYSTEMS + 1).values()
        for mark in re.findall(r"\((\d+)\)", " ".join(cells))
    }
    sources = re.findall(r"^(\d+)\. ", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sources == [str(number + 1) for number in range(len(sources))]
    assert marks == set(sources)
    said = [cell for cells in rows(SYSTEMS + 1).values() for cell in cells[1:]]
    bare = [cell for cell in said if cell != "?" and not cell.endswith(")")]
    assert bare == [
        "Onyx",
        "kotaemon",
        "RAGFlow",
        "Perplexica",
        "open-webui",
        "Verba",
        "CORD-19 Search",
    ]
