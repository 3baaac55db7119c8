"""The command ``tamngu``: it loads commands at their use, and reports errors in one sentence."""

from __future__ import annotations

import codecs
import gc
import io
import os
import sys
import traceback
from importlib import import_module
from typing import NoReturn

import click

from embeddings.errors import TamnguError
from rag.errors import BadCollectionName, BadQuestion, NotEnoughMemory, lacks_memory
from tamngu.cli import plugins
from tamngu.cli.command import Group
from tamngu.cli.terminal import echo, prepare_output

COMMANDS = {
    "articles": "tamngu.cli.articles:articles",
    "ask": "tamngu.cli.ask:ask_command",
    "collections": "tamngu.cli.collections:collections",
    "demo": "tamngu.cli.demo:demo",
    "help": "tamngu.cli.help:help_command",
    "ingest": "tamngu.cli.ingest:ingest_command",
    "models": "tamngu.cli.models:models",
    "search": "tamngu.cli.search:search_command",
}
"""This package's own commands, as module:attribute."""

SECTIONS = {
    "First steps": ("demo", "help"),
    "Ask": ("ask", "search"),
    "Bring in articles": ("ingest",),
    "Collections": ("articles", "collections"),
    "Models": ("models", "calibrate"),
    "Serve": ("serve", "keys", "feeds", "questions", "mcp"),
    "Measure": ("eval", "bench"),
}
"""The commands under their headings in the help. Commands of other packages are listed last."""

# NumPy reads this when it is first imported. A search multiplies small matrices; threads that wait
# for each other take twice as long for them, and FAISS waits for these threads too.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

_USAGE_ERRORS = (BadQuestion, BadCollectionName)


class Commands(Group):
    """A group whose commands are imported only when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, sorted."""
        return sorted([*COMMANDS, *plugins.names()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, None if there is no command of that name."""
        if cmd_name in COMMANDS:
            module, attribute = COMMANDS[cmd_name].split(":")
            command = getattr(import_module(module), attribute)
        else:
            command = plugins.load(cmd_name)
        return command if isinstance(command, click.Command) else None


@click.group(
    cls=Commands,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"]},
    examples=(
        "tamngu ingest ~/articles",
        'tamngu ask "Who chairs ASEAN?"',
        "tamngu help ask",
    ),
)
@click.version_option(package_name="tamngu")
def tamngu() -> None:
    """Ask questions in Vietnamese, Chinese or English; get passages with exact citations."""


def run() -> NoReturn:
    """Run the command line and end the process at once.

    The interpreter's own ending frees all memory piece by piece, which takes 0.3 s. Every command
    has stored and closed its files before it returns. Nor does the collector of cycles run where
    one question is asked: it would look through all that is loaded, again and again, for 0.1 s.
    """
    _start_again_in_utf_8()
    if sys.argv[1:2] in (["ask"], ["search"]):
        gc.disable()
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        # The program that read the output has ended.
        code = code or 1
    os._exit(code)


def _start_again_in_utf_8() -> None:
    """Run this process again in Python's UTF-8 mode if its locale has no other letters than ASCII.

    Python does so itself, unless it was told not to: then questions and names of files on the
    command line would arrive as bytes. The locale C says nothing of what the bytes are.
    """
    is_ascii = codecs.lookup(sys.getfilesystemencoding()).name == "ascii"
    if is_ascii and not sys.flags.utf8_mode and sys.executable:
        words = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
        # The processes that this one starts read it from their environment.
        os.execve(sys.executable, words, {**os.environ, "PYTHONUTF8": "1"})


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    prepare_output()
    try:
        code = tamngu.main(args=words, prog_name="tamngu", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        # It may quote an argument, so it is not printed as it is.
        shown = io.StringIO()
        error.show(shown)
        echo(shown.getvalue().rstrip("\n"), err=True)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(_report("Interrupted. What was stored before is kept.", 1, words))
    except BrokenPipeError:
        # The program that read the output has ended, so nobody can read an error either.
        sys.stdout = None
        sys.exit(1)
    except Exception as error:
        sys.exit(_report(_message_of(error), 2 if isinstance(error, _USAGE_ERRORS) else 1, words))


def _message_of(error: Exception) -> str:
    """Return the sentence that is printed for an error."""
    if isinstance(error, NotEnoughMemory):
        return str(error)
    if lacks_memory(error):
        return str(NotEnoughMemory())
    if isinstance(error, TamnguError):
        return str(error)
    return (
        f"{type(error).__name__}: {error}. This is a bug in Tamngu; "
        "run the command again with --debug to see where."
    )


def _report(message: str, code: int, words: list[str]) -> int:
    """Print the error, with the traceback only when ``--debug`` was given; return the exit code."""
    if "--debug" in words:
        echo(traceback.format_exc().rstrip(), err=True)
    echo(f"Error: {message}", err=True)
    return code
