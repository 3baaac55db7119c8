"""Print results in a terminal."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tamngu.records.answer import Answer
    from tamngu.records.citation import Citation
    from tamngu.records.hit import Hit


def print_json(result: object) -> None:
    """Print a result, a dataclass or plain data, as JSON."""
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        result = dataclasses.asdict(result)
    text = json.dumps(result, ensure_ascii=False, indent=2)
    # A file's name may hold bytes that are not valid text.
    click.echo(text.encode("utf-8", "replace").decode())


def print_answer(answer: Answer) -> None:
    """Print the answer, then the place of each quote."""
    click.echo(answer.answer)
    click.echo()
    for citation in answer.citations:
        click.echo(f"[{citation.marker}] {citation.title}")
        click.secho(f"    {_place(citation)}", dim=True)


def print_hit(hit: Hit, *, explain: bool = False) -> None:
    """Print a passage with its best sentence in bold, and on request the parts of its score."""
    click.echo(f"{hit.rank}. {hit.title}  ({hit.score:.2f})")
    click.secho(f"   {_place(hit)}", dim=True)
    if explain:
        parts = "  ".join(f"{name} {value:.2f}" for name, value in hit.parts.items())
        click.secho(f"   score {hit.score:.2f}: {parts}", dim=True)
    if hit.also_at:
        places = (place.url or place.source or place.article_id for place in hit.also_at)
        click.secho(f"   also at {', '.join(places)}", dim=True)
    best = hit.evidence[0]
    before, after = hit.text[: best.start - hit.start], hit.text[best.end - hit.start :]
    lines = before + click.style(best.quote, bold=True) + after
    click.echo("   " + lines.replace("\n", "\n   ") + "\n")


def _place(cited: Citation | Hit) -> str:
    known = (cited.published_at, cited.language, cited.url or cited.article_id)
    page = f"page {cited.page}" if cited.page else None
    return "  ".join([*filter(None, (*known, page)), f"characters {cited.start}-{cited.end}"])
