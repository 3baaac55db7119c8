"""The help texts of all commands."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tamngu.cli.command import Command
from tamngu.cli.main import tamngu
from tests.unit.tamngu.cli.commands import BY_PATH

COMMANDS = sorted(BY_PATH)


def shown(*words: str) -> str:
    result = CliRunner().invoke(tamngu, words, prog_name="tamngu", env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    return result.output


def headings(text: str) -> list[str]:
    return [line[:-1] for line in text.splitlines() if line.endswith(":") and line[0] != " "]


@pytest.mark.parametrize(
    "path", [path for path in COMMANDS if isinstance(BY_PATH[path].command, click.Group)]
)
def test_a_group_shows_every_command_with_its_whole_summary_on_one_line(path: str) -> None:
    context = BY_PATH[path]
    group = context.command
    assert isinstance(group, click.Group)
    lines = shown(*path.split()[1:], "--help").splitlines()
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        rows = [line.split(maxsplit=1) for line in lines if line.startswith(f"  {name} ")]
        assert rows == [[name, command.get_short_help_str()]]
        assert rows[0][1].endswith(".")
        assert "..." not in rows[0][1]


@pytest.mark.parametrize("path", COMMANDS)
def test_help_fits_80_columns_and_explains_every_option(path: str) -> None:
    text = shown(*path.split()[1:], "--help")
    assert max(map(len, text.splitlines())) <= 80
    for param in BY_PATH[path].command.params:
        if isinstance(param, click.Option) and not param.hidden:
            assert param.help
            assert any(
                line.lstrip().startswith(param.opts[0]) or f", {param.opts[0]}" in line
                for line in text.splitlines()
            )


@pytest.mark.parametrize("path", COMMANDS)
def test_help_command_shows_what_the_option_shows(path: str) -> None:
    words = path.split()[1:]
    assert shown("help", *words) == shown(*words, "--help")


def test_commands_and_options_are_listed_under_headings() -> None:
    assert headings(shown("--help")) == [
        *("First steps", "Ask", "Bring in articles", "Collections", "Models", "Serve"),
        *("Measure", "Options", "Examples"),
    ]
    narrow, rank, where = "Narrow the search", "Rank the passages", "Where and with which model"
    last = ("Output", "Other options", "Examples")
    assert headings(shown("search", "--help")) == [narrow, rank, where, *last]
    assert headings(shown("ask", "--help")) == [narrow, rank, "Write the answer", where, *last]
    assert headings(shown("ingest", "--help")) == ["Read files", "Fetch web pages", where, *last]
    assert headings(shown("articles", "list", "--help")) == ["Options", "Examples"]


@pytest.mark.parametrize("path", COMMANDS)
def test_examples_are_commands_that_can_be_typed(
    path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are parsed, not run; files that they name exist."""
    monkeypatch.chdir(tmp_path)
    command = BY_PATH[path].command
    assert isinstance(command, Command)
    assert command.examples
    for example in command.examples:
        program, *words = shlex.split(example.replace("~/", ""))
        assert program == "tamngu"
        for word in words:
            if word.endswith((".json", ".run", ".qrels")) or word == "corpora":
                Path(word).touch()
        path = "tamngu"
        while words and f"{path} {words[0]}" in BY_PATH:
            path = f"{path} {words.pop(0)}"
        named = BY_PATH[path]
        assert not isinstance(named.command, click.Group)
        named.command.make_context(path, words, parent=named.parent)


@pytest.mark.parametrize(
    ("variable", "path"),
    [
        ("TAMNGU_HOME", "tamngu keys list"),
        ("TAMNGU_MODEL", "tamngu calibrate"),
        ("TAMNGU_CHAT", "tamngu serve"),
        *(("TAMNGU_READER", f"tamngu {name}") for name in ("ask", "search", "demo", "serve")),
        ("TAMNGU_READER", "tamngu eval run"),
        ("TAMNGU_ABSTAIN_BELOW", "tamngu mcp"),
        ("TAMNGU_PRECISION", "tamngu models prepare"),
    ],
)
def test_environment_variables_are_shown(variable: str, path: str) -> None:
    assert f"[env var: {variable}" in " ".join(shown(*path.split()[1:], "--help").split())


def test_help_loads_nothing_slow() -> None:
    slow = {"numpy", "fastapi", "pydantic", "faiss", "torch", "openvino", "sklearn", "scipy", "mcp"}
    code = (
        "import sys\n"
        "from tamngu.cli.main import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "except SystemExit:\n"
        f"    sys.exit(', '.join({slow} & {{*sys.modules}}) or None)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
