"""``tamngu questions``, which an entry point adds to the command line."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tamngu.cli.command import Group, option
from tamngu.cli.loading import open_collection
from tamngu.cli.output import print_json, shown_date
from tamngu.cli.shared_options import (
    home_option,
    json_option,
    local_collection_options,
    model_option,
    reader_option,
)
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from api.watching.questions import QuestionStore


@click.group(
    cls=Group,
    examples=('tamngu questions add "Nước nào vừa gia nhập ASEAN?"', "tamngu questions alerts"),
)
def questions() -> None:
    """Save questions: new articles that answer one are alerts.

    "tamngu serve" looks through new articles. Where it does not run, "tamngu questions check" does.
    """


@questions.command("add", examples=('tamngu questions add "谁是东盟轮值主席国？" -c news',))
@click.argument("question")
@option("--language", "languages", multiple=True, metavar="TAG", help="Only articles in it.")
@option("--source", "sources", multiple=True, metavar="NAME", help="Only articles of it.")
@option("--tag", "tags", multiple=True, metavar="NAME", help="Only articles with it.")
@local_collection_options
@model_option
@json_option
def add_command(
    question: str,
    languages: tuple[str, ...],
    sources: tuple[str, ...],
    tags: tuple[str, ...],
    home: Path | None,
    collection: str,
    model: str,
    as_json: bool,
) -> None:
    """Save a question that new articles are looked through for."""
    from api.watching.looking import place_of
    from rag.retrieval.search import check_question
    from tamngu.records.request import AskRequest, BadRequest

    opened = open_collection(home, collection, model)
    try:
        request = AskRequest(
            check_question(opened, question),
            languages=languages or None,
            sources=sources or None,
            tags=tags or None,
        )
    except BadRequest as error:
        raise click.UsageError(f"{error}.") from None
    with _stored(home) as store:
        saved = store.add(collection, request, place_of(opened))
    opened.close()
    if saved is None:
        raise click.ClickException("Too many questions are saved; remove one first.")
    if as_json:
        print_json(_json(saved))
    else:
        echo(f"Saved. Its id is {saved.id}.")


@questions.command("list", examples=("tamngu questions list --json",))
@json_option
@home_option
def list_command(as_json: bool, home: Path | None) -> None:
    """List the saved questions, with how many answers were found."""
    with _stored(home) as store:
        found = store.all()
    if as_json:
        print_json([_json(each) for each in found])
        return
    for each in found:
        echo(
            f"{each.id}  {each.collection}  {each.alerts} found, {each.unseen} new  {each.question}"
        )
    if not found:
        echo('No question is saved. Save one with: tamngu questions add "QUESTION"')


@questions.command("remove", examples=("tamngu questions remove ID",))
@click.argument("id")
@home_option
def remove_command(id: str, home: Path | None) -> None:
    """Remove a saved question with what was found for it."""
    with _stored(home) as store:
        if store.get(id) is None:
            raise click.ClickException(
                f"There is no saved question {id!r}; see: tamngu questions list"
            )
        store.remove(id)
    echo(f"Removed {id}.")


@questions.command("alerts", examples=("tamngu questions alerts --unseen",))
@option("--unseen", is_flag=True, help="Only what nobody has marked as seen.")
@option("--mark-seen", is_flag=True, help="Mark what is shown as seen.")
@json_option
@home_option
def alerts_command(unseen: bool, mark_seen: bool, as_json: bool, home: Path | None) -> None:
    """List new articles that answer saved questions, the last one first."""
    with _stored(home) as store:
        found = store.alerts(None, unseen=unseen)
        if mark_seen:
            store.mark_seen(None, ids=[each.id for each in found])
    if as_json:
        print_json([_json(each) for each in found])
        return
    for each in found:
        echo(each.question, bold=True)
        echo(f"    {each.title}")
        echo(f"    “{each.quote}”")
        about = (shown_date(each.published_at), each.language, each.url or each.article_id)
        echo(f"    {'  '.join(filter(None, about))}", dim=True)


@questions.command("check", examples=("tamngu questions check",))
@model_option
@reader_option
@home_option
def check_command(model: str, reader: str, home: Path | None) -> None:
    """Look through new articles now, and say how many of them answer."""
    from api.watching.looking import look_through
    from embeddings import TamnguError

    count = 0
    with _stored(home) as store:
        opened: dict[str, Any] = {}
        try:
            for due in store.due():
                if due.collection not in opened:
                    opened[due.collection] = open_collection(
                        home, due.collection, model, reader, reads=True
                    )
                count += look_through(opened[due.collection], store, due)
        except TamnguError as error:
            raise click.ClickException(str(error)) from None
        finally:
            for each in opened.values():
                each.close()
    echo(f"{count} new {'article answers' if count == 1 else 'articles answer'} a saved question.")


@contextmanager
def _stored(home: Path | None) -> Iterator[QuestionStore]:
    from api.watching.questions import QuestionStore
    from rag.collection.paths import default_home

    store = QuestionStore(home or default_home())
    try:
        yield store
    finally:
        store.close()


def _json(record: Any) -> dict[str, object]:  # noqa: ANN401 - a dataclass
    known = dataclasses.asdict(record)
    return {name: _plain(value) for name, value in known.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
