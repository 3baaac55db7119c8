"""``tamngu keys``, which an entry point adds to the command line."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from tamngu.cli.command import Group, option
from tamngu.cli.output import print_json
from tamngu.cli.shared_options import complete_collection, json_option, place_options

if TYPE_CHECKING:
    from api.auth.key import Key, Scope
    from api.auth.store import KeyStore
    from rag.collection.paths import Home


@click.group(cls=Group, examples=("tamngu keys create newsroom", "tamngu keys list"))
def keys() -> None:
    """Create, list and revoke the API keys of the service."""


@keys.command("create", examples=("tamngu keys create newsroom --scope read --collection news",))
@click.argument("name")
@option(
    "--scope",
    "scopes",
    type=click.Choice(["read", "write", "admin"]),
    multiple=True,
    default=("read",),
    show_default=True,
    help="What the key may do; admin may do everything. Repeatable.",
)
@option(
    "--collection",
    "-c",
    "collections",
    multiple=True,
    metavar="NAME",
    show_default="all collections",
    shell_complete=complete_collection,
    help="Collection that the key may use; it may be created later. Repeatable.",
)
@place_options
def create_command(
    name: str, scopes: tuple[Scope, ...], collections: tuple[str, ...], home: Home | None
) -> None:
    """Create a key and print it once.

    NAME is the person or the program that will use it. From the first key on, the service refuses
    requests without a key.
    """
    from rag.collection.paths import checked_name

    for collection in collections:
        checked_name(collection)
    with _stored(home) as store:
        key, text = store.create(name, scopes, collections or None)
    click.echo(text)
    click.echo(
        f"This is the key {key.id}. It is not stored, and will not be shown again.", err=True
    )


@keys.command("list", examples=("tamngu keys list --json",))
@json_option
@place_options
def list_command(as_json: bool, home: Home | None) -> None:
    """List all keys, also revoked ones, without their secrets."""
    with _stored(home) as store:
        found = store.list()
    if as_json:
        print_json([dataclasses.asdict(key) for key in found])
    else:
        lines = "\n".join(_line(key) for key in found)
        click.echo(lines or "No key yet. Create one with: tamngu keys create NAME")


@keys.command("revoke", examples=("tamngu keys revoke ID",))
@click.argument("id")
@place_options
def revoke_command(id: str, home: Home | None) -> None:
    """Revoke a key, at once and also in running services.

    "tamngu keys list" shows the ids.
    """
    with _stored(home) as store:
        key = store.revoke(id)
    click.echo(f"The key {key.id} of {key.name} is revoked since {key.revoked_at}.")


@contextmanager
def _stored(home: Home | None) -> Iterator[KeyStore]:
    from api.auth.store import KeyStore
    from api.state import opened_state

    with opened_state(home) as state, closing(KeyStore(state)) as store:
        yield store


def _line(key: Key) -> str:
    reached = "all collections" if key.collections is None else ",".join(key.collections)
    used = f"used {key.last_used_at}" if key.last_used_at else "never used"
    state = f"revoked {key.revoked_at}" if key.revoked_at else used
    return f"{key.id}  {key.name}  {','.join(key.scopes)}  {reached}  {state}"
