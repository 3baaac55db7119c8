"""``tamngu models``: list, prepare and show models."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from embeddings.options import PACKAGED_MODEL
from tamngu.cli.command import Group, option
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import complete_model, debug_option, json_option, load

if TYPE_CHECKING:
    from embeddings.prepared_models import PreparedModel


@click.group(cls=Group, examples=("tamngu models list", "tamngu models prepare"))
def models() -> None:
    """List, prepare and show models.

    A model is prepared once on each machine: compiled for its CPU, and kept in the user's cache.
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
        click.echo(f"{each['source']}  {each['bytes'] / 1e6:.0f} MB  {state}")
    if not found:
        click.echo("No model is prepared yet. Prepare one with: tamngu models prepare")


@models.command(
    "prepare",
    examples=("tamngu models prepare", "tamngu models prepare ~/models/bge-m3 --precision int8"),
)
@click.argument("model", default=PACKAGED_MODEL, shell_complete=complete_model)
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
def prepare_model(model: str, precision: str | None, as_json: bool) -> None:
    """Compile a model for this CPU.

    Without MODEL, compiles the packaged model. Every command prepares a model at its first use;
    this command does it in advance.
    """
    from embeddings.load import is_endpoint, is_prepared, prepare
    from embeddings.options import EncoderOptions
    from embeddings.prepared_models import describe

    options = EncoderOptions.from_environment()
    if precision is not None:
        options = dataclasses.replace(options, precision=precision)
    if is_endpoint(model):
        raise click.UsageError("An endpoint needs no preparation; name a model of this machine.")
    if not is_prepared(model, options):
        click.echo(f"Preparing {model}. This happens once on each machine.", err=True)
    found = _figures(describe(prepare(model, options)))
    if as_json:
        print_json(found)
    else:
        _print(found)


@models.command("show", examples=("tamngu models show", "tamngu models show ~/models/bge-m3"))
@click.argument("model", default=PACKAGED_MODEL, shell_complete=complete_model)
@debug_option
@json_option
def show_model(model: str, as_json: bool) -> None:
    """Load a model and show its properties.

    Without MODEL, shows the packaged model. A collection opens only with the model that it was
    built with.
    """
    encoder = load(model)
    inner = getattr(encoder, "encoder", encoder)
    found: dict[str, Any] = {
        **dataclasses.asdict(encoder.fingerprint),
        "max_question_tokens": encoder.max_question_tokens,
        "max_passage_tokens": encoder.max_passage_tokens,
        "encoder": type(inner).__name__,
    }
    compiled = getattr(inner, "compiled", None)
    if compiled is not None:
        found |= {
            "arithmetic": compiled.precision,
            "runtime": compiled.runtime,
            "cosine_to_float32": compiled.agreement,
        }
    if as_json:
        print_json(found)
    else:
        _print(found)


def _figures(model: PreparedModel) -> dict[str, Any]:
    compiled = model.compiled
    return {
        "source": model.source,
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
        if value not in (None, ""):
            click.echo(f"{name:22} {value}")
