"""The formats of gold sets, by the name before the colon in SPEC, such as ``xquad:DIR``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from eval.gold.beir import read_beir
from eval.gold.gold_set import BadGoldSet, GoldSet
from eval.gold.jsonl import read_jsonl
from eval.gold.squad import read_squad_gold
from eval.gold.xquad import parallel_gold, read_xquad

FORMATS: Mapping[str, Callable[[str], GoldSet]] = {
    "xquad": lambda path: parallel_gold(f"xquad:{path}", read_xquad(Path(path))),
    "squad": read_squad_gold,
    "beir": read_beir,
    "jsonl": lambda path: read_jsonl(Path(path)),
}
"""Readers; all formats except ``jsonl`` have passages of their own."""

SPEC = "xquad:DIR, squad:FILE[@LANG], beir:DIR[@SPLIT] or jsonl:FILE"


def is_spec(spec: str) -> bool:
    """Return whether a text has the form of SPEC, with a known format."""
    name, _, path = spec.partition(":")
    return name in FORMATS and bool(path)


def read_gold(spec: str) -> GoldSet:
    """Read the gold set that SPEC names.

    Raises:
        BadGoldSet: the format is unknown, or the set has faults.
    """
    if not is_spec(spec):
        raise BadGoldSet(f"{spec!r} is not a gold set; give {SPEC}.")
    name, _, path = spec.partition(":")
    return FORMATS[name](path)
