"""The collections and models that commands name, opened and loaded."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from embeddings.options import PACKAGED_MODEL
from reading.load import NO_READER
from tamngu.cli.memory import ENCODER_BYTES, ensure_room
from tamngu.cli.reader import is_compiled, ready_reader
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from embeddings import Encoder
    from rag.answering.chat import Chat
    from rag.catalog.catalog import Catalog
    from rag.collection.collection import Collection
    from rag.collection.paths import Home


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
