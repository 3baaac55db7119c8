"""The argument that names a gold set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from eval.gold.gold_set import GoldSet


def gold_set(spec: str) -> GoldSet:
    """Read the gold set that an argument names.

    Raises:
        click.UsageError: the argument does not have the form of SPEC.
        BadGoldSet: the gold set cannot be read.
    """
    from eval.gold.formats import SPEC, is_spec, read_gold

    if not is_spec(spec):
        raise click.UsageError(f"{spec!r} is not a gold set; give {SPEC}.")
    return read_gold(spec)
