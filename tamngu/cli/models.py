"""``tamngu models``: list, prepare and show models."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from embeddings.options import PACKAGED_MODEL
from reading.load import PACKAGED_READER
from tamngu.cli.command import Group, option
from tamngu.cli.loading import load
from tamngu.cli.output import print_json
from tamngu.cli.reader import complete_reader, is_compiled, prepare_reader, ready_reader
from tamngu.cli.shared_options import complete_model, debug_option, json_option
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from embeddings import EncoderOptions
    from embeddings.openvino.model_directory import ModelDescription
    from embeddings.prepared_models import PreparedModel


@click.group(cls=Group, examples=("tamngu models list", "tamngu models prepare"))
def models() -> None:
    """List, prepare and show models.

    An encoder makes vectors of texts; a reader reads the passages that are found. A model is
    prepared once on each machine: compiled for its CPU, and kept in the user's cache.
    """


@models.command("list", examples=("tamngu models list --json",))
@debug_option
@json_option
def list_models(as_json: bool) -> None:
    """List the models that are prepared on this machine."""
    from embeddings.prepared_models import prepared_models

    found = [_figures(model) for model in prepared_models()]
    if as_json:
        print_json(found)
        return
    for each in found:
        state = each["problem"] or f"{each['precision']}, {each['runtime']}"
        echo(f"{each['source']}  {each['kind']}  {each['bytes'] / 1e6:.0f} MB  {state}")
    if not found:
        echo("No model is prepared yet. Prepare one with: tamngu models prepare")


@models.command(
    "prepare",
    examples=(
        "tamngu models prepare",
        "tamngu models prepare ~/models/bge-m3 --precision int8",
        "tamngu models prepare --reader packaged",
    ),
)
@click.argument("model", required=False, shell_complete=complete_model)
@option(
    "--reader",
    metavar="NAME",
    shell_complete=complete_reader,
    help="Compile this reader. Only the packaged one is compiled.",
)
@option(
    "--precision",
    type=click.Choice(["auto", "bf16", "int8", "f32"]),
    envvar="TAMNGU_PRECISION",
    show_envvar=True,
    show_default="the best for this CPU",
    help="Arithmetic of the compiled model.",
)
@debug_option
@json_option
def prepare_model(
    model: str | None, reader: str | None, precision: str | None, as_json: bool
) -> None:
    """Compile models for this CPU.

    MODEL is an encoder. Without MODEL and --reader, compiles the packaged encoder and the packaged
    reader. Every command prepares a model at its first use; this command does it in advance.
    """
    from embeddings.options import EncoderOptions

    options = EncoderOptions.from_environment()
    if precision is not None:
        options = dataclasses.replace(options, precision=precision)
    model, reader = _as_reader(model, reader)
    if reader not in (None, PACKAGED_READER):
        raise click.UsageError("Only the packaged reader is compiled; others run as they are.")
    found: dict[str, Any] = {}
    if model is not None or reader is None:
        found = _prepare_encoder(model or PACKAGED_MODEL, options)
    if model is None or reader is not None:
        prepared = _prepare_reader(options)
        found = {**found, "reader": prepared} if found else prepared
    if as_json:
        print_json(found)
    else:
        _print(found)


@models.command(
    "show",
    examples=(
        "tamngu models show",
        "tamngu models show ~/models/bge-m3",
        "tamngu models show --reader packaged",
    ),
)
@click.argument("model", required=False, shell_complete=complete_model)
@option(
    "--reader",
    metavar="NAME",
    shell_complete=complete_reader,
    help="Show this reader, not an encoder.",
)
@debug_option
@json_option
def show_model(model: str | None, reader: str | None, as_json: bool) -> None:
    """Load a model and show its properties.

    MODEL is an encoder. Without MODEL and --reader, shows the packaged encoder. A collection opens
    only with the encoder that it was built with; any reader can read it.
    """
    model, reader = _as_reader(model, reader)
    if model is not None and reader is not None:
        raise click.UsageError("Show one model, not both: MODEL or --reader NAME.")
    if reader is None:
        found = _encoder_properties(model or PACKAGED_MODEL)
    else:
        found = _reader_properties(reader)
    if as_json:
        print_json(found)
    else:
        _print(found)


def _as_reader(model: str | None, reader: str | None) -> tuple[str | None, str | None]:
    """Return MODEL and --reader as given, the packaged reader also by the name in the list."""
    from reading.packaged.model import NAME

    if model == NAME:
        return None, PACKAGED_READER
    return model, PACKAGED_READER if reader == NAME else reader


def _prepare_encoder(model: str, options: EncoderOptions) -> dict[str, Any]:
    from embeddings.load import is_endpoint, is_prepared, prepare
    from embeddings.prepared_models import describe

    if is_endpoint(model):
        raise click.UsageError("An endpoint needs no preparation; name a model of this machine.")
    if not is_prepared(model, options):
        echo(f"Preparing {model}. This happens once on each machine.", err=True)
    return _figures(describe(prepare(model, options)))


def _prepare_reader(options: EncoderOptions) -> dict[str, Any]:
    from embeddings.prepared_models import describe
    from embeddings.runtime import runs_on_torch
    from reading.packaged.model import prepare

    if runs_on_torch(options):
        raise click.ClickException(
            "OpenVINO is not installed or the option runtime is torch: pip install openvino."
        )
    prepare_reader(PACKAGED_READER, options)
    return _figures(describe(prepare(options)))


def _encoder_properties(model: str) -> dict[str, Any]:
    encoder = load(model)
    inner = getattr(encoder, "encoder", encoder)
    found: dict[str, Any] = {
        "kind": "encoder",
        **dataclasses.asdict(encoder.fingerprint),
        "max_question_tokens": encoder.max_question_tokens,
        "max_passage_tokens": encoder.max_passage_tokens,
        "encoder": type(inner).__name__,
    }
    return found | _arithmetic(getattr(inner, "compiled", None))


def _reader_properties(name: str) -> dict[str, Any]:
    from embeddings.options import EncoderOptions
    from embeddings.prepared_models import describe
    from reading.packaged import joint_reader
    from reading.packaged.model import prepare

    reader = ready_reader(name)
    if reader is None:
        raise click.UsageError("--reader none is no reader, so there is nothing to show.")
    found: dict[str, Any] = {"kind": "reader", "model": reader.name, "weights": reader.digest}
    if name == PACKAGED_READER:
        found |= {
            "max_question_tokens": joint_reader.MAX_QUESTION_TOKENS,
            "max_tokens": joint_reader.MAX_TOKENS,
        }
    if is_compiled(name):
        found |= _arithmetic(describe(prepare(EncoderOptions.from_environment())).compiled)
    return found


def _arithmetic(compiled: ModelDescription | None) -> dict[str, Any]:
    if compiled is None:
        return {}
    return {
        "arithmetic": compiled.precision,
        "runtime": compiled.runtime,
        "cosine_to_float32": compiled.agreement,
    }


def _figures(model: PreparedModel) -> dict[str, Any]:
    from reading.packaged.model import NAME

    compiled = model.compiled
    return {
        "source": model.source,
        "kind": "reader" if model.source == NAME else "encoder",
        "precision": compiled.precision if compiled else None,
        "runtime": compiled.runtime if compiled else None,
        "cosine_to_float32": compiled.agreement if compiled else None,
        "dim": compiled.fingerprint.dim if compiled else None,
        "bytes": model.bytes,
        "directory": str(model.directory),
        "problem": model.problem,
    }


def _print(found: dict[str, Any]) -> None:
    for name, value in found.items():
        if isinstance(value, dict):
            echo()
            _print(value)
        elif value not in (None, ""):
            echo(f"{name:22} {value}")
