"""``tamngu models``: what is prepared, preparing, and what is known of a model."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import click

from embeddings.source import PACKAGED_MODEL
from tamngu.cli.options import debug_option, json_option, load
from tamngu.cli.output import print_json

if TYPE_CHECKING:
    from embeddings.inventory import PreparedModel


@click.group()
def models() -> None:
    """List, prepare and show models."""


@models.command("list")
@debug_option
@json_option
def list_models(as_json: bool) -> None:
    """List the models that were prepared on this machine."""
    from embeddings.inventory import prepared_models

    found = [_figures(model) for model in prepared_models()]
    if as_json:
        print_json(found)
        return
    for each in found:
        state = each["problem"] or f"{each['precision']}, {each['runtime']}"
        click.echo(f"{each['source']}  {each['bytes'] / 1e6:.0f} MB  {state}")
    if not found:
        click.echo("No model is prepared; the first use does it, or: tamngu models prepare")


@models.command("prepare")
@click.argument("model", default=PACKAGED_MODEL)
@click.option(
    "--precision",
    type=click.Choice(["auto", "bf16", "int8", "f32"]),
    help="Arithmetic to use.  [default: TAMNGU_PRECISION, else the best for this CPU]",
)
@debug_option
@json_option
def prepare_model(model: str, precision: str | None, as_json: bool) -> None:
    """Compile MODEL (default: the packaged one) for this CPU, so that its first use is fast."""
    from embeddings.inventory import describe
    from embeddings.load import is_endpoint, is_prepared, prepare
    from embeddings.options import EncoderOptions

    options = EncoderOptions.from_environment()
    if precision is not None:
        options = dataclasses.replace(options, precision=precision)
    if is_endpoint(model):
        raise click.UsageError("An endpoint has nothing to prepare.")
    if not is_prepared(model, options):
        click.echo(f"Preparing {model}; this happens once.", err=True)
    found = _figures(describe(prepare(model, options)))
    if as_json:
        print_json(found)
    else:
        _print(found)


@models.command("show")
@click.argument("model", default=PACKAGED_MODEL)
@debug_option
@json_option
def show_model(model: str, as_json: bool) -> None:
    """Load MODEL and show what is known of it."""
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
