"""Options that several commands share, and the collections and models that they name."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache, wraps
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from embeddings.options import PACKAGED_MODEL
from rag.answering.abstention import ABSTAIN_BELOW, ABSTAIN_BELOW_UNREAD
from rag.collection.paths import DEFAULT_COLLECTION
from reading.load import NO_READER, PACKAGED_READER
from tamngu.cli.command import OTHER, option
from tamngu.cli.memory import ENCODER_BYTES, ensure_room
from tamngu.cli.reader import complete_reader, is_compiled, ready_reader
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from embeddings import Encoder
    from rag.answering.chat import Chat
    from rag.catalog.catalog import Catalog
    from rag.cluster.cluster import Cluster
    from rag.collection.collection import Collection
    from rag.collection.paths import Home

Command = TypeVar("Command", bound=Callable[..., Any])

WHERE = "Where and with which model"
"""Heading of the options that choose the collection and the models."""

ANSWER = "Write the answer"
"""Heading of the options that decide how a question is answered."""

OUTPUT = "Output"
"""Heading of the options that decide what is printed or written."""


def debug_option(command: Command) -> Command:
    """Add ``--debug``."""
    return option(
        "--debug",
        is_flag=True,
        expose_value=False,
        heading=OTHER,
        help="Show the Python traceback of an error.",
    )(command)


def home_option(command: Command) -> Command:
    """Add ``--home`` and ``--debug``."""
    command = debug_option(command)
    return option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="FOLDER",
        heading=WHERE,
        envvar="TAMNGU_HOME",
        show_envvar=True,
        show_default="the user's data folder",
        help="Folder that holds all collections.",
    )(command)


def place_options(command: Command) -> Command:
    """Add ``--home``, ``--cluster`` and ``--debug``; the command gets either as ``home``."""

    @wraps(command)
    def placed(*values: object, home: Path | None, cluster: Path | None, **named: object) -> object:
        place = home if cluster is None else read_cluster(cluster)
        return command(*values, home=place, **named)

    return cluster_option(home_option(cast(Command, placed)))


def read_cluster(file: Path) -> Cluster:
    """Return the cluster of ``--cluster``."""
    from rag.cluster.cluster import Cluster

    return Cluster.read(file)


def cluster_option(command: Command) -> Command:
    """Add ``--cluster``."""
    return option(
        "--cluster",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        heading=WHERE,
        envvar="TAMNGU_CLUSTER",
        show_envvar=True,
        help="TOML file of a cluster that holds the collections, in place of --home.",
    )(command)


def collection_options(command: Command) -> Command:
    """Add ``--collection``, ``--home``, ``--cluster`` and ``--debug``."""
    return _collection_option(place_options(command))


def local_collection_options(command: Command) -> Command:
    """Add ``--collection``, ``--home`` and ``--debug``, for what only one machine does."""
    return _collection_option(home_option(command))


def _collection_option(command: Command) -> Command:
    return option(
        "--collection",
        "-c",
        metavar="NAME",
        heading=WHERE,
        default=DEFAULT_COLLECTION,
        show_default=True,
        shell_complete=complete_collection,
        help="Name of the collection.",
    )(command)


def model_option(command: Command) -> Command:
    """Add ``--model``."""
    return option(
        "--model",
        metavar="NAME",
        heading=WHERE,
        default=PACKAGED_MODEL,
        envvar="TAMNGU_MODEL",
        show_envvar=True,
        show_default=True,
        shell_complete=complete_model,
        help="Name or path of a sentence-transformers model, or URL#MODEL of an endpoint.",
    )(command)


def reader_option(command: Command) -> Command:
    """Add ``--reader``."""
    return option(
        "--reader",
        metavar="NAME",
        heading=WHERE,
        default=PACKAGED_READER,
        envvar="TAMNGU_READER",
        show_envvar=True,
        show_default=True,
        shell_complete=complete_reader,
        help="What reads the passages that are found: name or path of an extractive model or a "
        "cross-encoder, URL or URL#MODEL of a rerank endpoint, or none.",
    )(command)


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    return option("--json", "as_json", is_flag=True, heading=OUTPUT, help="Print JSON.")(command)


def answer_options(command: Command) -> Command:
    """Add ``--abstain-below`` and ``--chat``."""
    command = option(
        "--abstain-below",
        type=click.FloatRange(0, 1),
        metavar="X",
        heading=ANSWER,
        envvar="TAMNGU_ABSTAIN_BELOW",
        show_envvar=True,
        show_default=f"{ABSTAIN_BELOW}; without a reader {ABSTAIN_BELOW_UNREAD}",
        help="Answer that the collection holds no answer if the confidence is below X. "
        "0: always answer.",
    )(command)
    return option(
        "--chat",
        metavar="URL#MODEL",
        heading=ANSWER,
        envvar="TAMNGU_CHAT",
        show_envvar=True,
        help="Let the model of this OpenAI-compatible endpoint write the answer.",
    )(command)


def complete_collection(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the collections whose names begin with what was typed."""
    from rag.collection.paths import collection_names, default_home

    names = collection_names(context.params.get("home") or default_home())
    return [name for name in names if name.startswith(incomplete)]


def complete_model(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the packaged and the prepared encoders whose names begin with what was typed."""
    from embeddings.prepared_models import prepared_models
    from reading.packaged.model import NAME

    names = {PACKAGED_MODEL, *(model.source for model in prepared_models())}
    return sorted(name for name in names - {"?", NAME} if name.startswith(incomplete))


def chat_model(address: str | None) -> Chat | None:
    """Return the chat model at an address, None for None; nothing is sent to it yet."""
    if address is None:
        return None
    from rag.answering.chat import Chat

    return Chat.at(address)


def open_collection(
    home: Home | None,
    name: str,
    model: str,
    reader: str | None = None,
    *,
    reads: bool = False,
    question: str | None = None,
) -> Collection:
    """Open an existing collection with its model; a missing one is found before the model loads.

    Args:
        home: the folder, or the cluster, of all collections; None for the user's folder.
        name: the collection's.
        model: as :func:`embeddings.load_encoder` takes it.
        reader: as :func:`reading.load_reader` takes it.
        reads: whether passages will be read; then the reader is loaded here, and not at its first
            use.
        question: what will be asked in an unknown language; what tells it is loaded beside the
            model.
    """
    if model == PACKAGED_MODEL:
        # Asked first, because other libraries are loaded before the model, and beside it.
        ensure_room(ENCODER_BYTES, "the packaged model")
    from embeddings.load import is_prepared
    from rag.collection.paths import default_home, ensure_collection

    home = home or default_home()
    ensure_collection(home, name)
    first = reader if reads and reader != NO_READER else None
    if is_prepared(model) and (first is None or is_compiled(first)):
        encoder = _load_beside_imports(model, first, question)
    else:
        encoder = load(model)
    from rag.collection.collection import Collection

    # What was loaded beside the imports is not loaded again.
    return Collection.open(home, name, encoder, reader if first is None else ready_reader(first))


def _load_beside_imports(model: str, reader: str | None, question: str | None) -> Encoder:
    """Load a prepared model while the interpreter imports the modules that a search needs.

    The files of the model, and of a reader if one is named, are read without the interpreter's
    lock, so both go on at the same time.
    """
    with ThreadPoolExecutor(1) as pool:
        loading = pool.submit(_loaded, model, None)
        if reader is not None:
            # One after the other, because the packaged ones share a tokenizer.
            pool.submit(ready_reader, reader)
        for module in ("rag.collection.collection", "rag.retrieval.search"):
            import_module(module)
        if question is not None:
            from rag.text.language import identify

            identify(question)
        return loading.result()


def open_catalog(home: Home | None, name: str) -> Catalog:
    """Open the catalog of a collection, without its model and its indexes."""
    from rag.collection.paths import default_home
    from rag.collection.paths import open_catalog as opened

    return opened(home or default_home(), name)


@cache
def load(model: str, overlong: str | None = None) -> Encoder:
    """Load a model once in a process; if it has to be prepared first, say so on standard error.

    Args:
        model: as :func:`embeddings.load_encoder` takes it.
        overlong: how to encode texts longer than the model reads; None for the environment's
            choice; see :class:`embeddings.EncoderOptions`.

    Raises:
        TamnguError: it cannot be found, prepared or loaded, or there is not enough memory for it.
    """
    if model == PACKAGED_MODEL:
        ensure_room(ENCODER_BYTES, "the packaged model")
    return _loaded(model, overlong)


@cache
def _loaded(model: str, overlong: str | None) -> Encoder:
    from embeddings.load import is_prepared, load_encoder
    from embeddings.options import EncoderOptions

    options = EncoderOptions.from_environment()
    if overlong is not None:
        options = replace(options, overlong=overlong)
    if not is_prepared(model, options):
        named = "the packaged model" if model == PACKAGED_MODEL else model
        echo(f"Preparing {named}. This happens once on each machine.", err=True)
    return load_encoder(model, options)
