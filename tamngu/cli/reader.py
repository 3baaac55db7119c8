"""The reader that a command names: completed, prepared and loaded."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import click

from reading.load import NO_READER, PACKAGED_READER
from tamngu.cli.memory import READER_BYTES, ensure_room
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from embeddings import EncoderOptions
    from reading import Reader


def complete_reader(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the names that stand for readers and begin with what was typed."""
    return [name for name in (NO_READER, PACKAGED_READER) if name.startswith(incomplete)]


@cache
def ready_reader(name: str) -> Reader | None:
    """Load a reader once in a process; if it has to be prepared first, say so on standard error.

    Args:
        name: as :func:`reading.load_reader` takes it.

    Returns:
        the reader; None for ``none``.

    Raises:
        TamnguError: it cannot be found, prepared or loaded, or there is not enough memory for it.
    """
    from reading import load_reader

    if name == PACKAGED_READER:
        ensure_room(READER_BYTES, "the packaged reader")
    reader = load_reader(name)
    if reader is None:
        return None
    prepare_reader(name)
    # It is loaded when it is first asked for anything.
    reader.count_tokens(["Tamngu"])
    return reader


def prepare_reader(name: str, options: EncoderOptions | None = None) -> None:
    """Compile a reader if that has not been done on this machine, and say so on standard error.

    Args:
        name: as :func:`reading.load_reader` takes it. Only the packaged reader is compiled.
        options: how it will run; by default, the environment's options.

    Raises:
        ReaderError: its weights cannot be read, or the cache cannot be written.
    """
    from embeddings.options import EncoderOptions
    from embeddings.runtime import runs_on_torch
    from reading.packaged import model

    options = options or EncoderOptions.from_environment()
    if name != PACKAGED_READER or model.is_prepared(options):
        return
    echo("Preparing the packaged reader. This happens once on each machine.", err=True)
    if not runs_on_torch(options):
        model.prepare(options)


def is_compiled(name: str) -> bool:
    """Return whether a reader can be loaded from its compiled form, without torch."""
    from embeddings.options import EncoderOptions
    from embeddings.runtime import runs_on_torch
    from reading.packaged import model

    options = EncoderOptions.from_environment()
    return name == PACKAGED_READER and not runs_on_torch(options) and model.is_prepared(options)
