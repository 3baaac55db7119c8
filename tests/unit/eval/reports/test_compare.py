from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.evaluation.score_questions import QuestionOutcome, score
from eval.gold.gold_set import GoldQuestion, GoldSet, Relevant
from eval.reports.compare import compare
from eval.reports.figures import figures, flat
from eval.reports.report import html, markdown
from eval.runs.run import BadRun, RankedText, Run, load, save

LANGUAGES = ("vi", "zh")
NAMES = [f"{language}-{n}" for language in LANGUAGES for n in range(60)]


def run(lost: int, ranking: str = "hybrid") -> Run:
    """Make a run in which all questions except the first ``lost`` find their answers first."""
    questions = tuple(
        GoldQuestion(
            f"{language}-q{n}",
            f"<b>{n}</b>?",
            language,
            tuple(Relevant(f"{other}-{n}") for other in LANGUAGES),
            cluster=f"q{n}",
        )
        for language in LANGUAGES
        for n in range(60)
    )
    outcomes = []
    for question in questions:
        number = int(question.cluster[1:])
        right = [f"{language}-{number}" for language in LANGUAGES]
        others = [name for name in NAMES if name not in right]
        wrong = others[:5] + others[-5:]
        order = wrong + right if number < lost else right + wrong
        found = [RankedText(name, name[:2], f"<i>{name}</i>") for name in order]
        single = {code: [name for name in order if name[:2] == code] for code in LANGUAGES}
        outcomes.append(QuestionOutcome(found, single, 3.0 + number, confidence=0.5))
    gold = GoldSet("made", questions)
    results = score(questions, outcomes, {name: name[:2] for name in NAMES})
    return Run("made", gold.digest, "e", ranking, {}, {"name": "c"}, results, 1.0, "0")


def test_a_worse_run_is_called_worse() -> None:
    found = compare(run(0), run(20), shown=3)
    verdicts = {each.name: each.verdict for each in found.differences}
    assert set(verdicts.values()) == {"worse"}
    assert set(verdicts) >= {"mono r@1", "cross r@1", "mixed map", "vi->zh r@1", "zh->zh r@1"}
    mono = found.differences[0]
    assert (mono.before, mono.after, mono.losses, mono.wins) == (1.0, 0.6667, 20, 0)
    assert mono.delta == pytest.approx(-1 / 3, abs=1e-4)
    assert [change.after.cluster for change in found.losses] == ["q0", "q1", "q2"]
    assert not found.wins


def test_a_better_run_is_called_better() -> None:
    assert {each.verdict for each in compare(run(20), run(0)).differences} == {"better"}


@pytest.mark.parametrize("lost", [0, 2])
def test_what_could_be_chance_is_called_no_difference(lost: int) -> None:
    found = compare(run(0), run(lost))
    assert {each.verdict for each in found.differences} == {"no difference"}


def test_what_differs_between_runs_is_said() -> None:
    other = replace(run(0, "dense"), collection={"name": "c", "passages": "9"}, reader="r (0123)")
    assert list(compare(run(0), other).notices) == [
        "reader: none -> r (0123)",
        "ranking: hybrid -> dense",
        "collection, passages: none -> 9",
    ]


def test_other_questions_are_refused() -> None:
    one = run(0)
    with pytest.raises(BadRun, match="second lacks 1 of the first's 120"):
        compare(one, replace(one, results=one.results[1:]))
    with pytest.raises(BadRun, match="gold sets differ"):
        compare(one, replace(one, digest="other"))


def test_a_saved_run_is_the_same_run(tmp_path: Path) -> None:
    made = run(3)
    save(made, tmp_path / "run.json")
    assert load(tmp_path / "run.json") == made
    assert [path.name for path in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "is not a run"),
        (b"[]", "is not a run"),
        (b"\xff", "is not a run"),
        (b'{"gold": "x"}', "is not a run"),
    ],
)
def test_what_is_no_run_is_refused(content: bytes, error: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(BadRun, match=error):
        load(tmp_path / "run.json")


def test_runs_of_other_versions_are_refused(tmp_path: Path) -> None:
    save(replace(run(0), format=99), tmp_path / "run.json")
    with pytest.raises(BadRun, match="format 99"):
        load(tmp_path / "run.json")
    with pytest.raises(BadRun, match="Cannot read"):
        load(tmp_path / "none.json")
    with pytest.raises(BadRun, match="Cannot write"):
        save(run(0), tmp_path / "none" / "run.json")


def test_figures_are_means_over_questions() -> None:
    made = run(15)
    found = figures(made.results)
    assert found["single"]["vi->zh"]["r@1"] == 0.75
    assert found["mean"]["mono_r@1"] == 0.75
    assert found["mixed"]["vi"]["any@1"] == 0.75
    assert found["latency"] == {"p50_ms": 32.5, "p95_ms": 59.05}
    named = flat(made)
    assert named["cross_r@1"] == named["single.vi->zh.r@1"] == 0.75
    assert named["latency.p50_ms"] == 32.5


def test_a_report_shows_what_was_found_as_text() -> None:
    page = html([run(3), run(0, "dense")])
    assert "<b>0</b>" not in page
    assert "&lt;b&gt;0&lt;/b&gt;?" in page
    assert "<i>" not in page
    assert page.count("<svg") == 6
    for absent in ("http://", "https://", "<script", "url("):
        assert absent not in page
    table = markdown([run(3), run(0, "dense")])
    assert "| hybrid | 0.950 |" in table
    assert "| vi | 0.950 | 0.950 |" in table


def test_figures_are_json() -> None:
    json.dumps(figures(run(1).results), allow_nan=False)
