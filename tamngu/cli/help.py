"""``tamngu help``."""

from __future__ import annotations

import click

from tamngu.cli.command import Command


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the commands whose names begin with what was typed."""
    shown = _descend(context.find_root(), context.params.get("names") or ())
    if not isinstance(shown.command, click.Group):
        return []
    names = shown.command.list_commands(shown)
    return [name for name in names if name.startswith(incomplete)]


@click.command("help", cls=Command, examples=("tamngu help ask", "tamngu help eval run"))
@click.argument("names", nargs=-1, metavar="[COMMAND]...", shell_complete=_complete)
@click.pass_context
def help_command(context: click.Context, names: tuple[str, ...]) -> None:
    """Show the help of a command.

    "tamngu help eval run" shows the same as "tamngu eval run --help".
    """
    shown = _descend(context.find_root(), names)
    click.echo(shown.command.get_help(shown))


def _descend(context: click.Context, names: tuple[str, ...]) -> click.Context:
    """Return the context of the command that the names lead to, from group to group."""
    for name in names:
        group = context.command
        if not isinstance(group, click.Group):
            raise click.UsageError(f"{context.command_path!r} has no commands.")
        _, command, _ = group.resolve_command(context, [name])
        if command is None:
            break
        context = click.Context(command, info_name=name, parent=context)
    return context
