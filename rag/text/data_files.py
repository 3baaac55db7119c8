"""Data files that lie beside the modules that use them: word lists and tables, with their sources.

The files are TOML or tab-separated; comments in them begin with ``#`` and say where the data come
from. In TOML files, ``␣`` stands for a space at the edge of a word, which nobody would see.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any


def toml_data(package: str, name: str) -> dict[str, Any]:
    """Return the content of a TOML file.

    Args:
        package: the package that the file lies in, such as ``rag.text``.
        name: the file's name.
    """
    return tomllib.loads(_text(package, name).replace("␣", " "))


def tsv_rows(package: str, name: str) -> list[list[str]]:
    """Return the rows of a tab-separated file, its header among them, without its comments.

    Args:
        package: the package that the file lies in, such as ``rag.text``.
        name: the file's name.
    """
    lines = _text(package, name).splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _text(package: str, name: str) -> str:
    return files(package).joinpath(name).read_text(encoding="utf-8")
