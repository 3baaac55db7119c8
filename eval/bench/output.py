"""What ``tamngu bench`` prints."""

from __future__ import annotations

import sys
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


def log(line: str) -> None:
    """Print what is being done to standard error."""
    click.echo(line, err=True)


def log_to_terminal(line: str) -> None:
    """Print what is being done, if somebody watches."""
    if sys.stderr.isatty():
        log(line)
