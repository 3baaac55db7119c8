"""Options that several commands of ``tamngu bench`` share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import cast

import click

from tamngu.cli.command import Decorated, option
from tamngu.cli.shared_options import (
    cluster_meant,
    cluster_option,
    collection_option,
    home_option,
)

MEASURE = "What is measured"
"""Heading of the options that choose what is measured."""


def questions_option(command: Decorated) -> Decorated:
    """Add ``--questions``."""
    return option(
        "--questions",
        default="sample",
        show_default=True,
        metavar="SPEC",
        heading=MEASURE,
        help="Questions to ask: sample (the questions of the sample gold set) or xquad:DIR.",
    )(command)


def measured_options(command: Decorated) -> Decorated:
    """Add ``--collection``, ``--home``, ``--cluster`` and ``--debug``.

    The command gets a :class:`eval.bench.place.Place` as ``place``, which it can pass on to other
    processes.
    """

    @wraps(command)
    def placed(*values: object, home: Path | None, cluster: Path | None, **named: object) -> object:
        from eval.bench.place import Place

        return command(*values, place=Place.named(home, cluster_meant(cluster)), **named)

    return collection_option(cluster_option(home_option(cast(Decorated, placed))))


def passages_option(command: Decorated) -> Decorated:
    """Add ``--passages``."""
    return option(
        "--passages",
        type=click.IntRange(1000),
        metavar="N",
        heading=MEASURE,
        default=100_000,
        show_default=True,
        help="Passages of the large collection.",
    )(command)


def sizes_option(default: str) -> Callable[[Decorated], Decorated]:
    """Add ``--passages`` with several numbers."""
    return option(
        "--passages",
        "sizes",
        default=default,
        show_default=True,
        metavar="N,...",
        heading=MEASURE,
        callback=lambda context, option, value: numbers(value),
        help="Numbers of passages, all languages together.",
    )


def numbers(text: str) -> list[int]:
    """Read numbers that are separated by commas.

    Raises:
        BadParameter: they are something else, or one is below 1,000.
    """
    try:
        found = [int(part) for part in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 1000:
        raise click.BadParameter(f"{text!r} is not a list of numbers of at least 1000.")
    return found
