"""The gold set that a command is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eval.gold.gold_set import GoldSet


def gold_set(spec: str) -> GoldSet:
    """Read the gold set that SPEC names; one of no kind that there is is wrong usage."""
    from eval.gold.registry import KINDS, SPEC, read_gold

    kind, _, place = spec.partition(":")
    if kind not in KINDS or not place:
        raise click.UsageError(f"{spec!r} is no gold set; give {SPEC}.")
    return read_gold(spec)
