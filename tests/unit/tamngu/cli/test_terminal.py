"""What files, arguments and endpoints hold cannot steer the terminal that it is printed in."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from dataclasses import replace

import click
import pytest

from rag.errors import CollectionBusy
from tamngu.cli.main import main
from tamngu.cli.output import print_answer, print_hits, print_json
from tamngu.cli.terminal import VisibleFormatter, echo
from tests.unit.tamngu.cli.test_output import ONE, answer, hit
from tests.waiting import PATIENCE_S

HOSTILE = "Tin\x1b]0;owned\x07\x9b2J\u202e nóng"
SHOWN = r"Tin\x1b]0;owned\x07\x9b2J\u202e nóng"


def test_titles_quotes_and_places_are_printed_with_marks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    title = replace(hit(1, dense=1.0), title=HOSTILE, url=f"https://a.example/{HOSTILE}")
    evidence = replace(title.evidence[0], quote=HOSTILE)
    print_hits([replace(title, text=HOSTILE + title.text, evidence=(evidence,))], explain=True)
    cited = replace(ONE.citations[0], title=HOSTILE, url=HOSTILE)
    print_answer(replace(answer(HOSTILE), citations=(cited,)), explain=True)
    out = capsys.readouterr().out
    assert out.count(SHOWN) >= 6
    assert not set(out) & set("\x1b\x07\x9b\u202e")


def test_styles_of_our_own_still_reach_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with click.Context(click.Command("x"), color=True):
        echo(HOSTILE, bold=True)
        echo(HOSTILE, fg="red")
        echo(HOSTILE)
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == f"\x1b[1m{SHOWN}\x1b[0m"
    assert second == f"\x1b[31m{SHOWN}\x1b[0m"
    assert third == SHOWN


def test_json_keeps_what_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"title": HOSTILE})
    out = capsys.readouterr().out
    assert json.loads(out) == {"title": HOSTILE}
    assert not set(out) & set("\x1b\x07\x9b\u202e")


def test_an_argument_is_quoted_with_marks(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["ask", "--top-k", HOSTILE, "?"], ["sear\x1bch"], ["ask", f"--{HOSTILE}", "?"]):
        with pytest.raises(SystemExit):
            main(words)
        err = capsys.readouterr().err
        assert "Error" in err
        assert not set(err) & set("\x1b\x07\x9b\u202e"), err


def test_a_log_line_is_one_line_with_marks() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(VisibleFormatter())
    log = logging.Logger("some")
    log.addHandler(handler)
    log.warning("%s", f"{HOSTILE}\nWARNING: forged")
    assert written.getvalue() == f"{SHOWN}\\nWARNING: forged\n"
    try:
        raise CollectionBusy(HOSTILE)
    except CollectionBusy:
        log.exception("It failed.")
    last = written.getvalue().splitlines()[-1]
    assert last.endswith(f"CollectionBusy: {SHOWN}")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "gbk", "cp1258"])
def test_json_stays_json_in_every_encoding(encoding: str) -> None:
    said = "Việt 东盟 \U0001f600 é \u202e"
    program = (
        "from tamngu.cli.output import print_json; from tamngu.cli.terminal import prepare_output;"
        f"prepare_output(); print_json({{'said': {said!a}}})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    # click writes UTF-8 where the stream has nothing but ASCII.
    written = done.stdout.decode("utf-8" if encoding == "ascii" else encoding)
    assert json.loads(written) == {"said": said}


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_a_locale_of_ascii_takes_nothing_from_the_command_line(locale: str) -> None:
    environment = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environment.pop("PYTHONIOENCODING", None)
    done = subprocess.run(
        [sys.executable, "-c", "from tamngu.cli.main import run; run()", "tìm", "东盟"],
        env=environment,
        capture_output=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 2
    assert "There is no command 'tìm'." in done.stderr.decode()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "gbk", "cp1258"])
def test_no_text_ends_a_command_for_the_terminal_s_encoding(encoding: str) -> None:
    program = (
        "import click, sys; from tamngu.cli.terminal import echo, prepare_output; prepare_output();"
        r"click.echo('Việt \udcff'); echo('东盟 \udcff', err=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"Vi")
    assert rb"\xff" in done.stderr
