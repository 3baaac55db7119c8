"""What the pages name exists: files behind links, commands with their options, modules, paths."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click
import pytest

from tamngu.cli.main import tamngu
from tests.docs.markdown import ALL_PAGES, ROOT, anchors, blocks, code, links

PACKAGES = ("tamngu", "embeddings", "reading", "rag", "api", "eval")

each_page = pytest.mark.parametrize("page", ALL_PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        target = urlsplit(link)
        if target.scheme:
            continue
        file = (page.parent / unquote(target.path)).resolve() if target.path else page
        found = file.exists() and file.is_relative_to(ROOT)
        if found and target.fragment and file.suffix == ".md":
            known = anchors(file)
            found = known is None or unquote(target.fragment) in known
        if not found:
            broken.append(link)
    assert not broken


@each_page
def test_commands_and_options_exist(page: Path) -> None:
    context = click.Context(tamngu)
    wrong = [
        f"{command}: {fault}" for command in commands(page) if (fault := check(command, context))
    ]
    assert not wrong


def commands(page: Path) -> Iterator[str]:
    """Yield the command lines that a page names, those that cannot be run among them."""
    yield from (text for text in code(page) if text.startswith("tamngu "))
    for block in blocks(page):
        if block.kind == "sh":
            joined = block.text.replace("\\\n", " ")
            yield from re.findall(r"^tamngu [^|>#\n]+", joined, re.MULTILINE)


def check(line: str, context: click.Context) -> str | None:
    """Return what is wrong with a command line, None if nothing is."""
    command: click.Command = tamngu
    for word in shlex.split(line)[1:]:
        if command is tamngu and word.isupper():
            return None  # It stands for any command.
        if isinstance(command, click.Group) and not word.startswith("-"):
            found = command.get_command(context, word)
            if found is None:
                return f"no command {word}"
            command = found
        elif word.startswith("-") and word != "-":
            own = command.get_params(context)
            names = {name for param in own for name in (*param.opts, *param.secondary_opts)}
            if word.split("=")[0] not in names:
                return f"no option {word}"
    return None


@each_page
def test_modules_and_files_exist(page: Path) -> None:
    missing = [
        name
        for name in code(page)
        if re.fullmatch(rf"(?:{'|'.join((*PACKAGES, 'tests', 'docs'))})/[a-z\d_./-]+", name)
        and not (ROOT / name).exists()
    ]
    named = [name for text in code(page) for name in re.findall(r"python -m (\S+)", text)]
    missing += [name for name in named if find_spec(name) is None]
    assert not missing
