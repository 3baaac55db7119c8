"""Packages and their rooms import one another in one direction only, as ARCHITECTURE.md draws it.

A room is a subpackage, or a module at the top of a package.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = ("tamngu", "embeddings", "reading", "rag", "api", "eval")

FLOORS = (
    ("tamngu.records",),
    ("tamngu.client",),
    ("tamngu.adapters",),
    ("embeddings.errors", "embeddings.fingerprint", "embeddings.text", "embeddings.vectors"),
    ("embeddings.scaled_vectors",),
    ("embeddings.inner_products",),
    ("embeddings.cache", "embeddings.encoder", "embeddings.options", "embeddings.quiet"),
    ("embeddings.encoder_wrapper", "embeddings.overlong_texts", "embeddings.tokenization"),
    ("embeddings.packaged", "embeddings.posting", "embeddings.question_cache"),
    ("embeddings.endpoint", "embeddings.source"),
    ("embeddings.runtime", "embeddings.sentence_transformer"),
    ("embeddings.openvino",),
    ("embeddings.prepared_models", "embeddings.load"),
    ("embeddings",),
    ("embeddings.calibration",),
    ("reading.errors", "reading.reader", "reading.text"),
    ("reading.spans",),
    (
        "reading.cross_encoder",
        "reading.extractive",
        "reading.packaged",
        "reading.reading_cache",
        "reading.rerank_endpoint",
    ),
    ("reading.load",),
    ("reading",),
    ("rag.errors", "rag.stages", "rag.text"),
    ("rag.fetching", "rag.records"),
    ("rag.readers", "rag.reading"),
    ("rag.catalog", "rag.isolation"),
    ("rag.index",),
    ("rag.cluster",),
    ("rag.collection",),
    ("rag.ingestion", "rag.retrieval"),
    ("rag.answering",),
    ("rag",),
    ("tamngu",),
    ("tamngu.cli",),
    ("tamngu.__main__",),
    ("eval.gold",),
    ("eval.runs",),
    ("eval.metrics",),
    ("eval.reports",),
    ("eval.evaluation",),
    ("eval.reader",),
    (
        *("eval.bench", "eval.fitting", "eval.language", "eval.main_text", "eval.peers"),
        "eval.written_answers",
    ),
    ("eval.cli",),
    ("api.errors", "api.settings", "api.sqlite_file", "api.tables"),
    ("api.cluster",),
    ("api.state",),
    ("api.description", "api.event_response", "api.worker_pool"),
    ("api.error_responses",),
    ("api.auth",),
    ("api.middleware",),
    ("api.idempotency", "api.plain_pages", "api.web_files"),
    ("api.jobs",),
    ("api.feedback", "api.watching"),
    ("api.requests", "api.service"),
    ("api.answering", "api.article_requests"),
    ("api.answer_events",),
    ("api.openai",),
    ("api.routes",),
    ("api.app",),
    ("api.mcp", "api.server"),
)
"""From the ground up: a room imports from floors below its own."""

NEVER = {
    "eval": {"api"},
    "rag": {"api", "eval"},
    "reading": {"rag", "api", "eval"},
    "embeddings": {"reading", "rag", "api", "eval"},
}
"""Packages that know nothing of others, whatever the floors are."""


def imported(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield the modules that a module imports, and whether it does so at once."""
    for node in ast.iter_child_nodes(tree):
        # What only type checkers read loads nothing.
        unread = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        within = unread or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if isinstance(node, ast.Import):
            yield from ((alias.name, True) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((f"{node.module}.{alias.name}", True) for alias in node.names)
        else:
            yield from ((name, at_top and not within) for name, at_top in imported(node))


def room_of(name: str) -> str | None:
    """Return the room of a module, or of a name that a module defines; None for other projects."""
    parts = name.split(".")
    if parts[0] not in PACKAGES:
        return None
    place = ROOT.joinpath(*parts[:2])
    is_room = len(parts) > 1 and (place.is_dir() or place.with_suffix(".py").is_file())
    return ".".join(parts[:2]) if is_room else parts[0]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_import_from_lower_floors_only(package: str) -> None:
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    upward = []
    for path in modules(package):
        room = room_of(module_name(path))
        if room in PACKAGES and room not in floor:
            continue  # A face that imports nothing.
        assert room is not None
        for name, _ in imported(ast.parse(path.read_text(encoding="utf-8"))):
            other = room_of(name)
            if other is not None and other != room and floor[other] >= floor[room]:
                upward.append(f"{module_name(path)} imports {name}")
    assert not upward


@pytest.mark.parametrize("package", NEVER)
def test_packages_know_nothing_of_those_above(package: str) -> None:
    for path in modules(package):
        for name, _ in imported(ast.parse(path.read_text(encoding="utf-8"))):
            assert name.partition(".")[0] not in NEVER[package], f"{path} imports {name}"


def test_the_service_loads_evaluations_only_when_one_is_asked_for() -> None:
    for path in modules("api"):
        for name, at_once in imported(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (at_once and name.startswith("eval.")), f"{path} imports {name}"


@pytest.mark.parametrize("package", PACKAGES)
def test_folders_and_modules_stay_small(package: str) -> None:
    for folder in {path.parent for path in modules(package)}:
        beside = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(beside) <= 20, f"{folder} has {len(beside)} modules"
    for path in modules(package):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 300, f"{path} has {lines} lines"


def test_importing_the_front_door_loads_nothing_heavy() -> None:
    program = "import sys, tamngu; print(sorted({name.split('.')[0] for name in sys.modules}))"
    found = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(ast.literal_eval(found.stdout))
    assert not loaded & {
        "numpy",
        "torch",
        "faiss",
        "openvino",
        "rag",
        "reading",
        "embeddings",
        "pydantic",
    }
