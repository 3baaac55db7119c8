"""``tamngu keys``, brought to the command line by an entry point."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tamngu.cli.options import home_option, json_option
from tamngu.cli.output import print_json

if TYPE_CHECKING:
    from api.auth.key import Key, Scope
    from api.auth.store import KeyStore


@click.group()
def keys() -> None:
    """Make, list and revoke the keys that the service asks for."""


@keys.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(["read", "write", "admin"]),
    multiple=True,
    default=("read",),
    show_default=True,
    help="What it may do, given once for each; admin may do all.",
)
@click.option(
    "--collection",
    "-c",
    "collections",
    multiple=True,
    help="The only collection it reaches, there or not yet; several may be given.  [default: all]",
)
@home_option
def create_command(
    name: str, scopes: tuple[Scope, ...], collections: tuple[str, ...], home: Path | None
) -> None:
    """Make a key for NAME, a person or a program, and print it: once, and nowhere else.

    From the first key on, the service answers nobody without one.
    """
    from rag.collection.home import collection_directory

    store = _store(home)
    for collection in collections:
        collection_directory(store.path.parent, collection)
    key, text = store.create(name, scopes, collections or None)
    store.close()
    click.echo(text)
    click.echo(
        f"This is the key {key.id}; it is stored nowhere and will not be shown again.", err=True
    )


@keys.command("list")
@json_option
@home_option
def list_command(as_json: bool, home: Path | None) -> None:
    """List all keys, the revoked ones too; of none can the secret be seen."""
    store = _store(home)
    found = store.list()
    store.close()
    if as_json:
        print_json([dataclasses.asdict(key) for key in found])
    else:
        lines = "\n".join(_line(key) for key in found)
        click.echo(lines or "No key yet. Make one with: tamngu keys create NAME")


@keys.command("revoke")
@click.argument("id")
@home_option
def revoke_command(id: str, home: Path | None) -> None:
    """Make the key ID worthless, in running services too; ID is what list shows."""
    store = _store(home)
    key = store.revoke(id)
    store.close()
    click.echo(f"The key {key.id} of {key.name} is worth nothing since {key.revoked_at}.")


def _store(home: Path | None) -> KeyStore:
    from api.auth.store import KeyStore
    from rag.collection.home import default_home

    return KeyStore(home or default_home())


def _line(key: Key) -> str:
    reached = "all collections" if key.collections is None else ",".join(key.collections)
    used = f"used {key.last_used_at}" if key.last_used_at else "never used"
    state = f"revoked {key.revoked_at}" if key.revoked_at else used
    return f"{key.id}  {key.name}  {','.join(key.scopes)}  {reached}  {state}"
