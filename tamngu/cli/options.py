"""Options that several commands share, and what they open."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from embeddings.load import is_prepared, load_encoder
from embeddings.options import EncoderOptions
from embeddings.source import PACKAGED_MODEL
from rag.collection.home import DEFAULT_COLLECTION
from tamngu.records.request import ABSTAIN_BELOW, DEFAULT_K, MAX_K

if TYPE_CHECKING:
    from embeddings import Encoder
    from rag.answering.chat import Chat
    from rag.catalog.catalog import Catalog
    from rag.collection.collection import Collection

Command = TypeVar("Command", bound=Callable[..., Any])


def debug_option(command: Command) -> Command:
    """Add ``--debug``."""
    return click.option(
        "--debug", is_flag=True, expose_value=False, help="Show tracebacks of errors."
    )(command)


def home_option(command: Command) -> Command:
    """Add ``--home`` and ``--debug``."""
    command = debug_option(command)
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="TAMNGU_HOME",
        help="Folder of all collections.  [env: TAMNGU_HOME; default: the user's data folder]",
    )(command)


def collection_options(command: Command) -> Command:
    """Add ``--collection`` to ``--home`` and ``--debug``."""
    return click.option(
        "--collection",
        "-c",
        default=DEFAULT_COLLECTION,
        show_default=True,
        help="Collection to use.",
    )(home_option(command))


def model_option(command: Command) -> Command:
    """Add ``--model``."""
    return click.option(
        "--model",
        default=PACKAGED_MODEL,
        envvar="TAMNGU_MODEL",
        show_default=True,
        help="Name or path of a sentence-transformers model, or URL#MODEL of an endpoint.  "
        "[env: TAMNGU_MODEL]",
    )(command)


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def question_options(command: Command) -> Command:
    """Add the question and what narrows the search."""
    command = click.argument("question", nargs=-1, required=True)(command)
    command = click.option(
        "-k",
        type=click.IntRange(1, MAX_K),
        default=DEFAULT_K,
        show_default=True,
        help="Passages wanted.",
    )(command)
    command = click.option(
        "--language", callback=_tag, help="Language of the question.  [default: identified]"
    )(command)
    command = click.option(
        "--prefer",
        type=click.Choice(["own"]),
        help="Put the question's own language first where scores hardly differ.",
    )(command)
    return click.option(
        "--languages", callback=_tags, help="Languages of passages to look at, such as vi,zh."
    )(command)


def answer_options(command: Command) -> Command:
    """Add how questions are answered."""
    command = click.option(
        "--abstain-below",
        type=click.FloatRange(0, 1),
        default=ABSTAIN_BELOW,
        show_default=True,
        envvar="TAMNGU_ABSTAIN_BELOW",
        help="Confidence under which the answer is that there is none; 0: always answer.  "
        "[env: TAMNGU_ABSTAIN_BELOW]",
    )(command)
    return click.option(
        "--chat",
        metavar="URL#MODEL",
        envvar="TAMNGU_CHAT",
        help="OpenAI-compatible endpoint of a model that writes answers.  [env: TAMNGU_CHAT]",
    )(command)


def chat_model(address: str | None) -> Chat | None:
    """Return the chat model at an address, None for None; nothing is sent to it yet."""
    if address is None:
        return None
    from rag.answering.chat import Chat

    return Chat.at(address)


def question_text(words: tuple[str, ...]) -> str:
    """Join the question's words; a single ``-`` reads it from standard input."""
    if words == ("-",):
        # Characters have at most four bytes; more than may be asked is enough to see.
        from tamngu.records.request import MAX_QUESTION_CHARACTERS

        data = sys.stdin.buffer.read(4 * MAX_QUESTION_CHARACTERS + 4)
        return data.decode("utf-8", errors="replace")
    return " ".join(words)


def open_collection(home: Path | None, name: str, model: str) -> Collection:
    """Open a collection that is there, with its model; it is looked for before the model loads."""
    from rag.collection.home import default_home, existing_directory

    home = home or default_home()
    existing_directory(home, name)
    encoder = _load_beside_imports(model) if is_prepared(model) else load(model)
    from rag.collection.collection import Collection

    return Collection.open(home, name, encoder)


def _load_beside_imports(model: str) -> Encoder:
    """Load a prepared model while the interpreter reads what answering a question needs.

    The model's files are read without the interpreter, so the two take the time of one.
    """
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(load, model)
        for module in ("rag.collection.collection", "rag.retrieval.search"):
            import_module(module)
        from rag.text.language import identify

        identify("Tamngu")
        return loading.result()


def open_catalog(home: Path | None, name: str) -> Catalog:
    """Open a collection's catalog, for what needs no model."""
    from rag.catalog.catalog import Catalog
    from rag.collection.home import default_home, existing_directory
    from rag.errors import CollectionNotFound

    catalog = Catalog(existing_directory(home or default_home(), name) / "catalog.db")
    if catalog.is_new:
        raise CollectionNotFound(f"The collection {name!r} was never written; ingest again.")
    return catalog


@cache
def load(model: str, overlong: str | None = None) -> Encoder:
    """Load the model, once a process, with a word on what takes so long the first time.

    Args:
        model: as :func:`embeddings.load_encoder` takes it.
        overlong: what to do with texts over its length, whatever the environment says.
    """
    options = EncoderOptions.from_environment()
    if overlong is not None:
        options = replace(options, overlong=overlong)
    if not is_prepared(model, options):
        named = "the packaged model" if model == PACKAGED_MODEL else model
        click.echo(f"Preparing {named}; this happens once.", err=True)
    return load_encoder(model, options)


def _tag(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    _tags(context, option, value)
    return value


def _tags(context: click.Context, option: click.Parameter, value: str | None) -> list[str] | None:
    """Check language tags, given with commas."""
    if value is None:
        return None
    from tamngu.records.language import parse_tag

    tags = value.split(",")
    try:
        for tag in tags:
            parse_tag(tag)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return tags
