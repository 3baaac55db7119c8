"""Commands that packages above this one bring by entry points: ``serve``, ``eval``."""

from __future__ import annotations

from importlib.metadata import Distribution, PackageNotFoundError, distribution, entry_points
from typing import NoReturn

import click

GROUP = "tamngu.commands"
"""Entry-point group of the commands. An entry point may name the extra that its command needs, as
in ``serve = "api.server.command:serve [server]"``."""


def names() -> list[str]:
    """Return the names of all commands of the group."""
    return [point.name for point in entry_points(group=GROUP)]


def load(name: str) -> click.Command | None:
    """Import and return a command, None when no package brings one of that name.

    A command whose extra is not installed is replaced by one that fails and says what to install.
    """
    for point in entry_points(group=GROUP, name=name):
        for extra in point.extras:
            if point.dist is not None and _is_missing(point.dist, extra):
                return _refusal(name, f"{point.dist.name}[{extra}]")
        command = point.load()
        return command if isinstance(command, click.Command) else None
    return None


def _is_missing(package: Distribution, extra: str) -> bool:
    """Tell whether any requirement of a package's extra is not installed."""
    from packaging.requirements import Requirement

    for line in package.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or not requirement.marker.evaluate({"extra": extra}):
            continue
        try:
            required = distribution(requirement.name)
        except PackageNotFoundError:
            return True
        if any(_is_missing(required, each) for each in requirement.extras):
            return True
    return False


def _refusal(name: str, package: str) -> click.Command:
    """Return a command that takes any arguments and fails with one sentence."""
    sentence = f"The command {name!r} needs more packages: pip install '{package}'"

    def refuse(**_: object) -> NoReturn:
        raise click.ClickException(sentence)

    return click.Command(
        name,
        callback=refuse,
        help=sentence,
        add_help_option=False,
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )
