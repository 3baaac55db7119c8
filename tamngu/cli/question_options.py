"""The options of a question: what a person types becomes one request."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

import click

from tamngu.cli.command import option
from tamngu.records.request import (
    DEFAULT_TOP_K,
    MAX_QUESTION_CHARACTERS,
    MAX_TOP_K,
    RANKINGS,
    BadRequest,
    Ranking,
    SearchRequest,
)

Command = TypeVar("Command", bound=Callable[..., Any])

NARROW = "Narrow the search"
"""Heading of the options that exclude articles."""

RANK = "Rank the passages"
"""Heading of the options that decide which passages come first, and how many."""

_COMMA = re.compile(r"\s*[,，、;]\s*|\s+")
"""What stands between two languages: a comma, also a Chinese one, or a space."""


class _Day(click.DateTime):
    """A day; an error shows how one is written."""

    def __init__(self) -> None:
        """Take days as ISO 8601 writes them."""
        super().__init__(["%Y-%m-%d"])

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the day."""
        try:
            day: datetime = super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not a day such as 2025-08-03.", param, ctx)
        return day


_DAY = _Day()

_OPTIONS = (
    click.argument("question", nargs=-1, required=True),
    option(
        "--languages",
        metavar="LANG,...",
        heading=NARROW,
        help="Only passages in these languages, such as vi,zh.",
    ),
    option(
        "--source",
        "sources",
        multiple=True,
        metavar="NAME",
        heading=NARROW,
        help="Only articles of this source. Repeatable.",
    ),
    option(
        "--tag",
        "tags",
        multiple=True,
        metavar="TAG",
        heading=NARROW,
        help="Only articles with this tag. Repeatable.",
    ),
    option(
        "--from",
        "published_from",
        type=_DAY,
        metavar="YYYY-MM-DD",
        heading=NARROW,
        help="Only articles published on this day or later.",
    ),
    option(
        "--to",
        "published_to",
        type=_DAY,
        metavar="YYYY-MM-DD",
        heading=NARROW,
        help="Only articles published on this day or earlier.",
    ),
    option(
        "--article",
        "article_ids",
        multiple=True,
        metavar="ID",
        heading=NARROW,
        help="Only the article with this id. Repeatable.",
    ),
    option(
        "--top-k",
        "-k",
        type=click.IntRange(1, MAX_TOP_K),
        metavar="N",
        heading=RANK,
        default=DEFAULT_TOP_K,
        show_default=True,
        help="Number of passages.",
    ),
    option(
        "--language",
        metavar="LANG",
        heading=RANK,
        show_default="identified from the text",
        help="Language of the question.",
    ),
    option(
        "--prefer",
        type=click.Choice(["own"]),
        heading=RANK,
        help="own: if scores hardly differ, put passages in the question's language first.",
    ),
)


def request_options(kind: type[SearchRequest]) -> Callable[[Command], Command]:
    """Add the question and its options; the command receives a request of that kind as ``request``.

    Other options of the command that have the name of a field of the request go into it too.
    """
    names = {field.name for field in fields(kind)} | {"plain", "words"}

    def decorate(command: Command) -> Command:
        @wraps(command)
        def with_request(*arguments: object, **values: Any) -> object:  # noqa: ANN401
            given = {name: values.pop(name) for name in list(values) if name in names}
            return command(*arguments, request=_request(kind, given), **values)

        for add in reversed(_OPTIONS):
            with_request = add(with_request)
        return with_request  # type: ignore[return-value]

    return decorate


def ranking_options(heading: str) -> Callable[[Command], Command]:
    """Add ``--ranking``, and its hidden former spellings ``--plain`` and ``--words``.

    The command receives ``ranking``, ``plain`` and ``words``; :func:`one_ranking` joins them.
    """

    def decorate(command: Command) -> Command:
        for name in ("--words", "--plain"):
            command = option(name, is_flag=True, hidden=True)(command)
        return option(
            "--ranking",
            type=click.Choice(RANKINGS),
            heading=heading,
            help="Order of the passages: hybrid (the default), or a baseline: dense (cosine of "
            "vectors) or bm25 (words).",
        )(command)

    return decorate


def one_ranking(ranking: Ranking | None, *, plain: bool, words: bool) -> Ranking | None:
    """Return the ranking that was given, None if no ranking was given.

    Raises:
        click.UsageError: several different rankings were given.
    """
    given: set[Ranking] = {ranking} if ranking else set()
    if plain:
        given.add("dense")
    if words:
        given.add("bm25")
    if len(given) > 1:
        raise click.UsageError("Give one ranking, not both: --ranking hybrid, dense or bm25.")
    return given.pop() if given else None


def _request(kind: type[SearchRequest], given: dict[str, Any]) -> SearchRequest:
    """Make a request of the values that were typed; every other field keeps its default."""
    given["question"] = _question_text(given["question"])
    if "ranking" in given:
        plain, words = given.pop("plain"), given.pop("words")
        given["ranking"] = one_ranking(given["ranking"], plain=plain, words=words)
    if given["languages"] is not None:
        given["languages"] = _COMMA.split(given["languages"].strip())
    values: dict[str, Any] = {
        name: value.date() if isinstance(value, datetime) else value
        for name, value in given.items()
        if value not in (None, ())
    }
    try:
        return kind(**values)
    except BadRequest as error:
        raise click.UsageError(f"{error}.") from None


def _question_text(words: tuple[str, ...]) -> str:
    """Join the question's words; a single ``-`` reads it from standard input."""
    if words == ("-",):
        from rag.readers.decode import Undecodable, decode

        # Characters have at most four bytes; one more shows that the question is too long.
        data = sys.stdin.buffer.read(4 * MAX_QUESTION_CHARACTERS + 4)
        try:
            return decode(data)
        except Undecodable as error:
            raise click.UsageError(
                f"The question from standard input cannot be read: {error}. Send UTF-8."
            ) from None
    return " ".join(words)
