"""What the command line writes to a terminal: text with marks for what could steer the terminal."""

from __future__ import annotations

import io
import logging
import sys

import click

from rag.text.visible import visible, visible_line


class VisibleFormatter(logging.Formatter):
    """Formats records with marks for hidden characters; a message takes one line.

    Messages quote files and endpoints, which could otherwise steer a terminal or add lines that
    look like others of the log.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - a name of logging
        """Return the formatted message in one line."""
        return visible_line(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        """Return the message, and below it the traceback if there is one."""
        return visible(super().format(record))


def echo(
    text: str = "",
    *,
    err: bool = False,
    bold: bool = False,
    dim: bool = False,
    fg: str | None = None,
) -> None:
    """Print lines, with marks for hidden characters.

    Args:
        text: what is printed; it may come from a file or an endpoint.
        err: print to standard error.
        bold: in bold, where there is a terminal.
        dim: less bright, where there is a terminal.
        fg: colour of the letters, where there is a terminal; as ``click.style`` takes it.
    """
    shown = visible(text)
    if bold or dim or fg:
        shown = click.style(shown, fg=fg, bold=bold or None, dim=dim or None)
    click.echo(shown, err=err)


def prepare_output() -> None:
    """Let all that is printed and logged reach a terminal of any encoding, with marks.

    A character that the terminal's encoding lacks, and a file's name that is not UTF-8, would end
    the command with an error otherwise.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # It prints warnings where no handler is set up.
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(VisibleFormatter())
