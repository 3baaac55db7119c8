"""The directive ``command-line``: every command of ``tamngu``, with the help that it prints."""

from __future__ import annotations

from collections.abc import Iterator

import click
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tamngu.cli.main import tamngu

WIDTH = 88
"""Columns of the help."""


class CommandLine(SphinxDirective):
    """Shows the help of all commands, each under a heading of its own."""

    def run(self) -> list[nodes.Node]:
        """Return a section for ``tamngu`` itself, and one for each of its commands."""
        lines = list(_described(tamngu, None, "tamngu", 2))
        return self.parse_text_to_nodes("\n".join(lines), allow_section_headings=True)


def _described(
    command: click.Command, parent: click.Context | None, name: str, level: int
) -> Iterator[str]:
    """Yield lines of Markdown: a command, and then the commands in it.

    Raises:
        ValueError: the command cannot be loaded because its extra is not installed.
    """
    if not command.add_help_option:
        raise ValueError(command.help)
    context = click.Context(command, parent, name, terminal_width=WIDTH, max_content_width=WIDTH)
    yield from [f"{'#' * level} {context.command_path}", ""]
    yield from ["```text", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            inner = command.get_command(context, each)
            if inner is not None and not inner.hidden:
                # The commands of the first level have headings like that of tamngu itself.
                below = level if parent is None else level + 1
                yield from _described(inner, context, each, below)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("command-line", CommandLine)
    return {"parallel_read_safe": True}
