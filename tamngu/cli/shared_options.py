"""Options that several commands share, and the collections and models that they name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from click.core import ParameterSource

from embeddings.options import PACKAGED_MODEL
from rag.answering.abstention import ABSTAIN_BELOW, ABSTAIN_BELOW_UNREAD
from rag.collection.paths import DEFAULT_COLLECTION
from reading.load import PACKAGED_READER
from tamngu.cli.command import OTHER, option
from tamngu.cli.reader import complete_reader

if TYPE_CHECKING:
    from rag.cluster.cluster import Cluster

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
        meant = cluster_meant(cluster)
        place = home if meant is None else read_cluster(meant)
        return command(*values, home=place, **named)

    return cluster_option(home_option(cast(Command, placed)))


def cluster_meant(file: Path | None) -> Path | None:
    """Return the file of ``--cluster``; None if the command is to use ``--home``.

    A folder that was typed counts more than a file that only the environment names.
    """
    source = click.get_current_context().get_parameter_source
    typed = source("home") is ParameterSource.COMMANDLINE
    return None if typed and source("cluster") is ParameterSource.ENVIRONMENT else file


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
    return collection_option(place_options(command))


def local_collection_options(command: Command) -> Command:
    """Add ``--collection``, ``--home`` and ``--debug``, for what only one machine does."""
    return collection_option(home_option(command))


def collection_option(command: Command) -> Command:
    """Add ``--collection``."""
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
