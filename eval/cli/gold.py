"""The argument that names a gold set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from eval.gold.gold_set import GoldSet


def gold_set(spec: str) -> GoldSet:
    """Read the gold set that an argument names; what its files have besides is printed.

    Raises:
        click.UsageError: the argument does not have the form of SPEC.
        BadGoldSet: the gold set cannot be read.
    """
    from eval.gold.formats import SPEC, is_spec, read_gold

    if not is_spec(spec):
        raise click.UsageError(f"{spec!r} is not a gold set; give {SPEC}.")
    gold = read_gold(spec)
    for notice in gold.notices:
        echo(notice, err=True)
    return gold
