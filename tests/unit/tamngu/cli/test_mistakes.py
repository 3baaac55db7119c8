"""What the command line says to a typing mistake."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from tamngu.cli.main import tamngu


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("serch ASEAN", "There is no command 'serch'. Did you mean search or serve?"),
        ("col list", "There is no command 'col'. Did you mean collections?"),
        ("collections stat", "There is no command 'stat'. Did you mean stats?"),
        ("eval rnu", "There is no command 'rnu'. Did you mean run?"),
        ("help eval compar", "There is no command 'compar'. Did you mean compare?"),
        ("help ask again", "'tamngu ask' has no commands."),
        ("xyzzy", "There is no command 'xyzzy'."),
        ("ask ASEAN --lang vi", "There is no option '--lang'. Did you mean --languages or --la"),
        ("ingest --dryrun x", "There is no option '--dryrun'. Did you mean --dry-run?"),
        ("ingest --max 5 x", "There is no option '--max'. Did you mean --max-pages?"),
        ("demo --no-serv", "There is no option '--no-serv'. Did you mean --no-serve?"),
        ("search ASEAN --xyzzy", "There is no option '--xyzzy'.\n"),
        ("--home x ask ASEAN", "'--home'. Write the options of a command after its name."),
        ("ask ASEAN --from 3/8/2025", "'3/8/2025' is not a day such as 2025-08-03."),
        ("search ASEAN --to 2025-13-01", "'2025-13-01' is not a day such as 2025-08-03."),
        ("ingest ftp://a.example/x", "'ftp://a.example/x' cannot be fetched: give an address"),
        ("--versio", "There is no option '--versio'. Did you mean --version?"),
    ],
)
def test_similar_names_are_proposed(words: str, sentence: str) -> None:
    result = CliRunner().invoke(tamngu, words.split(), prog_name="tamngu")
    assert result.exit_code == 2
    assert sentence in result.output


@pytest.mark.parametrize("words", ["search x --copie", "ingest x --mos", "search x --word"])
def test_former_names_are_not_proposed(words: str) -> None:
    result = CliRunner().invoke(tamngu, words.split(), prog_name="tamngu")
    assert result.exit_code == 2
    assert "Did you mean" not in result.output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("search x --read --reader none", "--read needs a reader. Leave out --reader none."),
        ("models show --reader none", "--reader none is no reader, so there is nothing to show."),
        ("models show packaged --reader packaged", "Show one model, not both"),
        ("models prepare --reader none", "Only the packaged reader is compiled"),
    ],
)
def test_what_makes_no_sense_of_readers_is_refused(words: str, sentence: str) -> None:
    result = CliRunner().invoke(tamngu, words.split(), prog_name="tamngu")
    assert result.exit_code == 2
    assert sentence in result.output


@pytest.mark.parametrize(
    ("words", "code"),
    [("--plain --words", 2), ("--ranking bm25 --plain", 2), ("--ranking dense --plain", 1)],
)
def test_only_one_ranking_can_be_given(words: str, code: int, tmp_path: object) -> None:
    """A command that is understood fails afterwards, because there is no collection."""
    arguments = ["search", "ASEAN", *words.split(), "--home", str(tmp_path)]
    result = CliRunner().invoke(tamngu, arguments, prog_name="tamngu")
    assert result.exit_code == code
    assert ("Give one ranking" in result.output) == (code == 2)
