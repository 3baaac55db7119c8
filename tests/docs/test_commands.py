"""The commands of the pages, run as they are written."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.docs.markdown import ROOT, RUN_PAGES, Block, blocks
from tests.docs.reader import reading

RUN_KINDS = ("sh", "python")
SHOWN_KINDS = ("text", "json")

NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "site")


@pytest.fixture
def checkout(tmp_path: Path, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the repository after ``make demo``; the current folder is in it."""
    folder = tmp_path / "tamngu"
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    (folder / ".venv").symlink_to(sys.prefix)
    shutil.copytree(sample_home, tmp_path / "home")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TAMNGU_HOME", str(tmp_path / "home"))
    # Both libraries would report to their makers that they are used.
    monkeypatch.setenv("HAYSTACK_TELEMETRY_ENABLED", "False")
    monkeypatch.setenv("LANGSMITH_TRACING", "false")
    return folder


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="the pages use curl")
@pytest.mark.parametrize("page", RUN_PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_does_what_it_says(page: Path, checkout: Path) -> None:
    printed = ""
    with reading(checkout) as reader:
        for block in blocks(page):
            if block.kind in RUN_KINDS and block.not_run is None:
                printed = reader.run(block)
            elif block.kind == "text" and not shown(block.text).fullmatch(printed):
                pytest.fail(f"{block.place} shows something else than\n{printed}")


def shown(text: str) -> re.Pattern[str]:
    """Return a pattern of output as a page shows it: ``...`` stands for any lines."""
    lines = [
        r"(?:.*\n)*?" if line == "..." else f"{re.escape(line)}\n" for line in text.split("\n")
    ]
    return re.compile("".join(lines[:-1]))


def test_blocks_are_of_known_kinds() -> None:
    unknown = [
        f"{block.place} {block.kind!r}"
        for page in RUN_PAGES
        for block in blocks(page)
        if block.kind not in (*RUN_KINDS, *SHOWN_KINDS) and not block.kind.startswith("{")
    ]
    assert not unknown


def test_most_blocks_are_run_and_the_others_say_why_not() -> None:
    written = [b for page in RUN_PAGES for b in blocks(page) if b.kind in RUN_KINDS]
    left_out = [block for block in written if block.not_run is not None]
    assert len(left_out) < len(written) / 3, [block.place for block in left_out]
    unexplained = [b.place for b in left_out if len((b.not_run or "").split()) < 4]
    assert not unexplained


def test_placeholders_are_explained() -> None:
    """A word in capitals that is no variable of the shell stands for something of the reader's."""
    for page in RUN_PAGES:
        for block in blocks(page):
            if block.kind == "sh" and block.not_run is None:
                assert not placeholders(block), f"{block.place}: {placeholders(block)}"


def placeholders(block: Block) -> list[str]:
    return re.findall(r"\bYOUR_\w+|\b(?:URL|DIR|CORPORA|MODEL|ID|FEED|ADDRESS)\b", block.text)
