"""Kinds of gold sets, by the name that SPEC gives them: ``KIND:PLACE``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from eval.gold.beir import read_beir
from eval.gold.gold_set import BadGoldSet, GoldSet
from eval.gold.jsonl import read_jsonl
from eval.gold.squad import read_squad_gold
from eval.gold.xquad import parallel_gold, read_xquad

KINDS: Mapping[str, Callable[[str], GoldSet]] = {
    "xquad": lambda place: parallel_gold(f"xquad:{place}", read_xquad(Path(place))),
    "squad": read_squad_gold,
    "beir": read_beir,
    "jsonl": lambda place: read_jsonl(Path(place)),
}
"""Readers; all but ``jsonl`` bring their own texts."""

SPEC = "xquad:DIR, squad:FILE[@LANG], beir:DIR[@SPLIT] or jsonl:FILE"


def read_gold(spec: str) -> GoldSet:
    """Read the gold set that SPEC names.

    Raises:
        BadGoldSet: there is no such kind, or the set is faulty.
    """
    kind, _, place = spec.partition(":")
    if kind not in KINDS or not place:
        raise BadGoldSet(f"{spec!r} is no gold set; give {SPEC}.")
    return KINDS[kind](place)
