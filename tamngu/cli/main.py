"""The command group: finds commands, loads one when it is used, reports errors in one sentence."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from importlib.metadata import entry_points
from typing import NoReturn

import click

from embeddings.errors import TamnguError
from rag.errors import BadCollectionName, BadQuestion

COMMANDS = {
    "articles": "tamngu.cli.articles:articles",
    "ask": "tamngu.cli.ask:ask_command",
    "collections": "tamngu.cli.collections:collections",
    "demo": "tamngu.cli.demo:demo",
    "ingest": "tamngu.cli.ingest:ingest_command",
    "models": "tamngu.cli.models:models",
    "search": "tamngu.cli.search:search_command",
}
"""This package's own commands, as module:attribute."""

PLUGINS = "tamngu.commands"
"""Entry-point group of the commands that packages above this one bring: ``serve``, ``eval``."""

# Read when numpy is first imported. A search multiplies small matrices, for which threads that wait
# for each other take twice as long, and FAISS waits for them too.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_USAGE_ERRORS = (BadQuestion, BadCollectionName)


class Commands(click.Group):
    """A group whose commands are imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, sorted."""
        return sorted([*COMMANDS, *(point.name for point in entry_points(group=PLUGINS))])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, None when there is none of that name."""
        if cmd_name in COMMANDS:
            module, attribute = COMMANDS[cmd_name].split(":")
            command = getattr(import_module(module), attribute)
        else:
            points = entry_points(group=PLUGINS, name=cmd_name)
            command = next((point.load() for point in points), None)
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tamngu")
def tamngu() -> None:
    """Ask questions in Vietnamese, Chinese or English; get passages with exact citations."""


def run() -> NoReturn:
    """Run the command line and leave at once: giving the memory back piece by piece takes .3 s.

    What has to be stored or closed was, when the command returned.
    """
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        # The reader of our output has gone.
        code = code or 1
    os._exit(code)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        code = tamngu.main(args=words, prog_name="tamngu", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_report("Interrupted; what was stored before stays.", 1, words))
    except BrokenPipeError:
        # The reader of our output has gone; there is no one left to tell.
        sys.stdout = None
        sys.exit(1)
    except TamnguError as error:
        sys.exit(_report(str(error), 2 if isinstance(error, _USAGE_ERRORS) else 1, words))
    except Exception as error:
        message = f"{type(error).__name__}: {error}. This is a fault in Tamngu; see --debug."
        sys.exit(_report(message, 1, words))


def _report(message: str, code: int, words: list[str]) -> int:
    """Print the error, with the traceback only when ``--debug`` was given; return the exit code."""
    if "--debug" in words:
        traceback.print_exc()
    click.echo(f"Error: {message}", err=True)
    return code
