"""Options of version 0.1: all of them still work."""

from __future__ import annotations

import click
import pytest

from tamngu.cli.command import Option
from tests.unit.tamngu.cli.commands import BY_PATH

COLLECTION = "--collection -c --home --debug"
QUESTION = "--languages --prefer --language -k --source --tag --from --to --article"
ANSWER = "--chat --abstain-below"

VERSION_0_1 = {
    "articles delete": COLLECTION,
    "articles list": f"{COLLECTION} --json",
    "articles show": f"{COLLECTION} --json --cut",
    "ask": f"{QUESTION} {COLLECTION} --model --json {ANSWER}",
    "bench ask": f"--questions --passages {COLLECTION} --model --json",
    "bench encode": "--texts --rounds --clients --model --debug --json",
    "bench ingest": "--articles --files --model --debug --json",
    "bench query": f"--questions --passages --kind {COLLECTION} --model --json",
    "bench serve": "--questions --passages --seconds --connections --workers "
    f"{COLLECTION} --model --json",
    "calibrate": "--texts --questions --per-language --out --model --debug",
    "collections check": f"{COLLECTION} --json",
    "collections compact": COLLECTION,
    "collections export": f"--replace {COLLECTION} --json",
    "collections import": f"{COLLECTION} --json",
    "collections list": "--home --debug --json",
    "collections reindex": f"{COLLECTION} --model --json",
    "collections stats": f"{COLLECTION} --json",
    "demo": "--serve --no-serve --port --home --debug",
    "eval compare": "--shown --json",
    "eval gate": "--min --max",
    "eval init": f"--out --questions {COLLECTION} --model",
    "eval peers": "--gold --with --every --environments --out --json",
    "eval report": "--html --md --json",
    "eval run": "--gold --plain --words --ablate --confidence --distractors --per-language "
    f"--answers --out --trec {COLLECTION} --model --json",
    "eval score": "--qrels --gold --out --json",
    "eval sweep": f"--gold --set --metric {COLLECTION} --model --json",
    "ingest": f"{COLLECTION} --model --json --prune --keep-boilerplate --field --feed --most "
    "--delay --allow-private --dry-run",
    "keys create": f"--scope {COLLECTION}",
    "keys list": "--json --home --debug",
    "keys revoke": "--home --debug",
    "mcp": f"{COLLECTION} --model {ANSWER}",
    "models list": "--debug --json",
    "models prepare": "--precision --debug --json",
    "models show": "--debug --json",
    "search": f"{QUESTION} {COLLECTION} --model --json --plain --words --copies --explain",
    "serve": f"{COLLECTION} --model {ANSWER} --host --port --workers",
}


@pytest.mark.parametrize(
    ("path", "name"),
    [(path, name) for path, names in VERSION_0_1.items() for name in names.split()],
)
def test_an_option_of_version_0_1_is_known(path: str, name: str) -> None:
    names: set[str] = set()
    for param in BY_PATH[f"tamngu {path}"].command.params:
        names.update(param.opts, param.secondary_opts)
        names.update(param.former if isinstance(param, Option) else ())
    assert name in names


@pytest.mark.parametrize(
    ("path", "words", "field", "value"),
    [
        ("ingest", "x --most 7", "max_pages", 7),
        ("ingest", "x --max-pages 7", "max_pages", 7),
        ("eval peers", "--gold xquad:x --with txtai", "names", "txtai"),
        ("eval run", "--gold xquad:x --confidence", "abstention", True),
        ("bench ingest", "--files 9", "count", 9),
        ("search", "ASEAN --copies", "include_duplicates", True),
        ("search", "ASEAN -k 3", "top_k", 3),
        ("search", "ASEAN", "include_duplicates", False),
    ],
)
def test_a_former_name_sets_the_same_value(
    path: str, words: str, field: str, value: object
) -> None:
    above = BY_PATH[f"tamngu {path}"]
    context = above.command.make_context(above.info_name, words.split(), parent=above.parent)
    assert context.params[field] == value


def test_help_shows_no_former_name() -> None:
    for path, context in BY_PATH.items():
        text = context.get_help()
        for param in context.command.params:
            hidden = param.former if isinstance(param, Option) else ()
            if isinstance(param, click.Option) and param.hidden:
                hidden = param.opts
            assert not [name for name in hidden if f"{name} " in text], path
