from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tamngu


@pytest.mark.parametrize("name", dir(tamngu))
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(tamngu, name) is not None


def test_the_names_for_type_checkers_are_those_at_run_time() -> None:
    tree = ast.parse(Path(tamngu.__file__).read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    imported = [alias.name for node in block.body for alias in node.names]  # type: ignore[attr-defined]
    assert sorted(imported) == dir(tamngu)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="serach"):
        tamngu.serach  # noqa: B018


def test_the_client_loads_nothing_of_the_service_or_the_library() -> None:
    program = "import sys, tamngu.client; print(sorted({m.split('.')[0] for m in sys.modules}))"
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(ast.literal_eval(ended.stdout))
    assert not loaded & {"api", "eval", "embeddings", "rag", "numpy", "fastapi", "torch"}
