"""``tamngu questions``, which an entry point adds to the command line."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from tamngu.cli.command import Group, option
from tamngu.cli.loading import open_collection
from tamngu.cli.output import print_json, shown_date
from tamngu.cli.shared_options import (
    collection_options,
    json_option,
    model_option,
    place_options,
    reader_option,
)
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from api.watching.questions import QuestionStore
    from rag.collection.paths import Home


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
@collection_options
@model_option
@json_option
def add_command(
    question: str,
    languages: tuple[str, ...],
    sources: tuple[str, ...],
    tags: tuple[str, ...],
    home: Home | None,
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
@place_options
def list_command(as_json: bool, home: Home | None) -> None:
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
@place_options
def remove_command(id: str, home: Home | None) -> None:
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
@place_options
def alerts_command(unseen: bool, mark_seen: bool, as_json: bool, home: Home | None) -> None:
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
@place_options
def check_command(model: str, reader: str, home: Home | None) -> None:
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
def _stored(home: Home | None) -> Iterator[QuestionStore]:
    from api.state import opened_state
    from api.watching.questions import QuestionStore

    with opened_state(home) as state, closing(QuestionStore(state)) as store:
        yield store


def _json(record: Any) -> dict[str, object]:  # noqa: ANN401 - a dataclass
    known = dataclasses.asdict(record)
    return {name: _plain(value) for name, value in known.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value
