"""Commands that list options under headings, end with examples, and propose names after a typo.

Click shows all options of a command in one block, and cuts off the summaries of commands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

import click

OPTIONS = "Options"
"""Heading of the options that have no heading of their own."""

OTHER = "Other options"
"""Heading of the options that every command has; it comes last."""

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

_MANY = 8
"""A command with fewer options than this lists them without headings."""

_NAME_COLUMN = 30
"""Widest column of names; the text beside a longer name starts in the next line, as in click."""


class Option(click.Option):
    """An option that knows its heading in the help, and its former names.

    Attributes:
        heading: the heading under which it is listed.
        former: its names in earlier versions. They still work, but the help does not show them.
    """

    def __init__(
        self,
        declarations: Sequence[str],
        *,
        heading: str = OPTIONS,
        former: Sequence[str] = (),
        **attributes: Any,  # noqa: ANN401
    ) -> None:
        """Take the heading, the former names, and the arguments of ``click.Option``."""
        super().__init__(declarations, **attributes)
        self.heading = heading
        self.former = former

    # The class of parsers is private to click.
    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:  # noqa: ANN401
        """Let the parser read the former names too."""
        shown = self.opts
        self.opts = [*shown, *self.former]
        try:
            super().add_to_parser(parser, ctx)
        finally:
            self.opts = shown


def option(
    *declarations: str,
    **attributes: Any,  # noqa: ANN401
) -> Callable[[Decorated], Decorated]:
    """Add an :class:`Option` to a command, as ``click.option`` adds one of click's."""
    return click.option(*declarations, cls=Option, **attributes)


class Command(click.Command):
    """A command with examples at the end of its help.

    Attributes:
        examples: whole command lines.
    """

    _hint = ""
    """Added to the error about an unknown option that resembles no option of the command."""

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401
        examples: Sequence[str] = (),
        **attributes: Any,  # noqa: ANN401
    ) -> None:
        """Take the examples and the arguments of ``click.Command``."""
        super().__init__(*arguments, **attributes)
        self.examples = examples

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; an unknown option is an error that names similar options."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            shown = [
                name
                for param in self.get_params(ctx)
                if isinstance(param, click.Option) and not param.hidden
                for name in (*param.opts, *param.secondary_opts)
            ]
            hint = did_you_mean(error.option_name, shown) or self._hint
            raise click.UsageError(
                f"There is no option {error.option_name!r}.{hint}", ctx
            ) from None

    def get_short_help_str(self, limit: int = 0) -> str:
        """Return the whole summary, whatever the limit."""
        return super().get_short_help_str(limit=1000)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, under their headings if there are many."""
        listed = [
            (getattr(param, "heading", OTHER), record)
            for param in self.get_params(ctx)
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx))
        ]
        listed.sort(key=lambda row: row[0] == OTHER)
        headed: dict[str, list[tuple[str, str]]] = {}
        for heading, record in listed:
            headed.setdefault(heading if len(listed) >= _MANY else OPTIONS, []).append(record)
        write_sections(formatter, headed)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples line by line."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{example}\n")


class Group(Command, click.Group):
    """A group that lists its commands under headings, and proposes names after a typo.

    Attributes:
        sections: the names of the commands under each heading; others are listed last.
    """

    command_class = Command

    _hint = " Write the options of a command after its name."

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401
        sections: Mapping[str, Sequence[str]] | None = None,
        **attributes: Any,  # noqa: ANN401
    ) -> None:
        """Take the sections and the arguments of ``click.Group``."""
        super().__init__(*arguments, **attributes)
        self.sections = sections or {}

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first argument names, and the other arguments."""
        name = args[0]
        if not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            near = did_you_mean(name, self.list_commands(ctx))
            raise click.UsageError(f"There is no command {name!r}.{near}", ctx)
        return super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the options."""
        self.format_commands(ctx, formatter)
        super().format_options(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands with their whole summaries, under their headings."""
        loaded = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        rest = {
            name: command.get_short_help_str(1000)
            for name, command in loaded
            if command is not None and not command.hidden
        }
        headed = {
            heading: [(name, rest.pop(name)) for name in names if name in rest]
            for heading, names in self.sections.items()
        }
        last = "Other commands" if self.sections else "Commands"
        write_sections(formatter, {**headed, last: list(rest.items())})


def write_sections(
    formatter: click.HelpFormatter, headed: Mapping[str, Sequence[tuple[str, str]]]
) -> None:
    """Write rows of a name and a text under each heading, all texts in one column."""
    names = [len(name) for rows in headed.values() for name, _ in rows]
    width = min(_NAME_COLUMN, max(names, default=0))
    for heading, rows in headed.items():
        if rows:
            with formatter.section(heading):
                formatter.write_dl(
                    [(name.ljust(width), text) for name, text in rows], col_max=width
                )


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return a question that proposes similar names, empty if no name is similar.

    Dashes in front do not count, because they would make any two options similar.

    >>> did_you_mean("serch", ["ask", "search"])
    ' Did you mean search?'
    """
    known = {each.lstrip("-"): each for each in names}
    typed = name.lstrip("-")
    near = [each for each in known if each.startswith(typed)] or get_close_matches(typed, known)
    return f" Did you mean {' or '.join(known[each] for each in near[:2])}?" if near else ""
