"""Print results in a terminal."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING

import click

from rag.text.visible import visible, visible_json
from tamngu.cli.terminal import echo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamngu.records.answer import Answer
    from tamngu.records.citation import Citation
    from tamngu.records.hit import Hit

_READ = "answerable"
"""The part of a hit's score that a reader gives: the probability that it holds the answer."""


def print_json(result: object) -> None:
    """Print a result, a dataclass or plain data, as JSON.

    Hidden characters are written as escapes of JSON, so that the values stay what they are.
    """
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        result = dataclasses.asdict(result)
    text = json.dumps(result, ensure_ascii=False, indent=2)
    # A file's name may hold bytes that are not valid text.
    text = text.encode("utf-8", "replace").decode()
    shown = visible_json(text)
    if not _can_be_printed(shown):
        # Marks for what a terminal's encoding lacks are no JSON.
        shown = visible_json(json.dumps(result, indent=2))
    click.echo(shown)


def _can_be_printed(text: str) -> bool:
    """Tell whether standard output has all characters of a text."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def print_answer(answer: Answer, *, explain: bool = False) -> None:
    """Print the answer with the short answer in bold, then the place of each quote.

    Args:
        answer: what was answered.
        explain: also print the score of each short answer, and of each passage its parts.
    """
    short, rest = _short_and_rest(answer)
    if short:
        echo(f"{short}\n", bold=True)
    # Standard error has the notice; the answer has it too where nothing was found.
    echo(rest.removesuffix(f"\n{answer.notice}"))
    if answer.citations:
        echo()
    for citation in answer.citations:
        echo(f"[{citation.marker}] {citation.title}")
        echo(f"    {_place(citation)}", dim=True)
    if explain:
        _print_explanation(answer)


def print_hits(hits: Sequence[Hit], *, explain: bool = False) -> None:
    """Print passages with their best sentences in bold, and on request the parts of each score."""
    for hit in hits:
        _print_head(hit, hits if explain else ())
        if hit.also_at:
            places = (place.url or place.source or place.article_id for place in hit.also_at)
            echo(f"   also at {', '.join(places)}", dim=True)
        best = hit.evidence[0]
        before, after = hit.text[: best.start - hit.start], hit.text[best.end - hit.start :]
        quote = click.style(visible(best.quote), bold=True)
        lines = visible(before) + quote + visible(after)
        click.echo("   " + lines.replace("\n", "\n   ") + "\n")


def _short_and_rest(answer: Answer) -> tuple[str, str]:
    """Return the lines of the short answers, and the lines after them."""
    # A chat model writes an answer without them.
    if not answer.answers or answer.written_by is not None:
        return "", answer.answer
    # Several short answers contradict each other, and one line before them says so.
    count = len(answer.answers) + (len(answer.answers) > 1)
    lines = answer.answer.split("\n")
    return "\n".join(lines[:count]), "\n".join(lines[count:])


def _print_explanation(answer: Answer) -> None:
    echo()
    for short in answer.answers:
        markers = "".join(f"[{marker}]" for marker in short.citations)
        echo(f"short answer: {short.text}  score {short.score:.2f}, quotes {markers}")
    for hit in answer.hits:
        _print_head(hit, answer.hits)


def _print_head(hit: Hit, explained: Sequence[Hit]) -> None:
    """Print title and place of a passage.

    Args:
        hit: the passage.
        explained: all passages, if the parts of the score are printed too; else empty.
    """
    echo(f"{hit.rank}. {hit.title}  ({hit.score:.2f})")
    echo(f"   {_place(hit)}", dim=True)
    if explained:
        parts = (f"{name} {value:.2f}" for name, value in hit.parts.items() if name != _READ)
        echo(f"   score {hit.score:.2f}: {'  '.join(parts)}", dim=True)
    if any(_READ in each.parts for each in explained):
        probability = hit.parts.get(_READ)
        found = (
            "not read: stays below those that were read"
            if probability is None
            else f"read: holds the answer with probability {probability:.2f}"
        )
        echo(f"   {found}", dim=True)


def shown_date(published_at: str | None) -> str | None:
    """Return a date as people write it: the day, and the time to the minute if it is known.

    The zone is left out: the time is the one that the article states. JSON has all of it.

    >>> shown_date("2020-11-25T20:36:00+07:00"), shown_date("2020-11-25"), shown_date(None)
    ('2020-11-25 20:36', '2020-11-25', None)
    """
    if published_at is None:
        return None
    day, time = published_at[:10], published_at[11:16]
    return f"{day} {time}" if time and time != "00:00" else day


def _place(cited: Citation | Hit) -> str:
    known = (shown_date(cited.published_at), cited.language, cited.url or cited.article_id)
    page = f"page {cited.page}" if cited.page else None
    return "  ".join([*filter(None, (*known, page)), f"characters {cited.start}-{cited.end}"])
