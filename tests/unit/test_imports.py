"""Packages import one another in one direction only, as ARCHITECTURE.md draws it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ALLOWED = {
    "embeddings": set[str](),
    "rag": {"embeddings"},
    "api": {"rag", "embeddings"},
    "eval": {"rag", "embeddings"},
}

ALLOWED_WITHIN_FUNCTIONS = {"api": {"eval"}}
"""Evaluations over HTTP; nothing of them is loaded before one is asked for."""


def imported(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield the packages that a module imports, and whether at its top, where it runs at once."""
    for node in ast.iter_child_nodes(tree):
        within = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        # What only type checkers read imports nothing.
        skipped = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        if isinstance(node, ast.Import):
            yield from ((alias.name.partition(".")[0], True) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0], True
        elif not skipped:
            yield from ((name, at_top and not within) for name, at_top in imported(node))


@pytest.mark.parametrize("package", ALLOWED)
def test_imports_point_one_way(package: str) -> None:
    others = ALLOWED.keys() - {package}
    seen = 0
    for path in (ROOT / package).rglob("*.py"):
        for name, at_top in imported(ast.parse(path.read_text(encoding="utf-8"))):
            if name not in others:
                continue
            seen += 1
            allowed = ALLOWED[package]
            if not at_top:
                allowed = allowed | ALLOWED_WITHIN_FUNCTIONS.get(package, set())
            assert name in allowed, f"{path.relative_to(ROOT)} imports {name}"
    assert seen or not ALLOWED[package]
