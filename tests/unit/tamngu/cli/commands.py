"""All commands of the command line."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tamngu.cli.main import tamngu


def contexts(context: click.Context | None = None) -> Iterator[click.Context]:
    """Yield a context of every command and group, from ``tamngu`` down."""
    context = context or click.Context(tamngu, info_name="tamngu", **tamngu.context_settings)
    yield context
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            yield from contexts(click.Context(command, info_name=name, parent=context))


BY_PATH = {context.command_path: context for context in contexts()}
"""Contexts by the words that a person types, such as ``tamngu eval run``."""
