"""What ``tamngu bench`` prints."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click

from tamngu.cli.output import print_json


def print_figures(figures: dict[str, Any], as_json: bool) -> None:
    """Print figures, a line each or as JSON."""
    if as_json:
        print_json(figures)
        return
    for name, value in figures.items():
        click.echo(f"{name:28} {value}")


def print_table(lines: Iterable[dict[str, Any]], as_json: bool) -> None:
    """Print lines of figures under their names as soon as they come, or all as JSON."""
    made: list[dict[str, Any]] = []
    for line in lines:
        if not as_json:
            if not made:
                click.echo("  ".join(line))
            click.echo("  ".join(f"{value!s:>{len(name)}}" for name, value in line.items()))
        made.append(line)
    if as_json:
        print_json(made)


def log(line: str) -> None:
    """Print what is being done to standard error."""
    click.echo(line, err=True)


def log_to_terminal(line: str) -> None:
    """Print what is being done, if somebody watches."""
    if sys.stderr.isatty():
        log(line)
