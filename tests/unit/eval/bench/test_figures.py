"""Figures are compared by the spread of their kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.bench.errors import BenchFailed
from eval.bench.figures import Figures, compare, machine, named


def verdict(name: str, older: float, newer: float) -> str:
    (found,) = compare(Figures({}, {name: older}), Figures({}, {name: newer, "other": 1.0}))
    assert (found.name, found.older, found.newer) == (name, older, newer)
    return found.verdict


@pytest.mark.parametrize(
    ("name", "older", "newer", "expected"),
    [
        ("ask: p50_ms", 100, 124, "same"),
        ("ask: p50_ms", 100, 126, "worse"),
        ("ask: p50_ms", 100, 60, "better"),
        ("serve: per_s", 20, 30, "better"),
        ("encode: tokens_per_s", 20, 10, "worse"),
        ("query, 1000 passages: recall@10", 1, 0.98, "worse"),
        ("ask: rss_mb", 500, 540, "same"),
        ("storage: in all", 13.7, 14.2, "worse"),
        ("ask: build_s", 0, 0, "same"),
        ("ask: questions", 300, 20, ""),
    ],
)
def test_a_figure_is_worse_beyond_the_spread_of_its_kind(
    name: str, older: float, newer: float, expected: str
) -> None:
    assert verdict(name, older, newer) == expected


def test_figures_are_named_by_measurement_and_size() -> None:
    printed = [{"passages": 1000, "index": "flat", "ok": True, "p50_ms": 0.2}]
    assert dict(named("query", printed)) == {
        "query, 1000 passages: passages": 1000,
        "query, 1000 passages: p50_ms": 0.2,
    }
    assert dict(named("serve", {"per_s": 3, "index": "flat"})) == {"serve: per_s": 3}


def test_figures_come_back_from_their_file(tmp_path: Path) -> None:
    figures = Figures(machine(), {"ask: p50_ms": 31.5})
    figures.write(tmp_path / "figures.json")
    assert Figures.read(tmp_path / "figures.json") == figures
    assert int(figures.machine["cores"]) > 0


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"values": {"a": "b"}, "machine": {}}', "\xff"]
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "figures.json"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(BenchFailed, match="holds no figures"):
        Figures.read(file)


def test_figures_of_several_systems_are_kept_apart() -> None:
    printed = [{"system": "tamngu", "index_s": 43.0}, {"system": "txtai", "index_s": 74.0}]
    assert dict(named("peers", printed)) == {
        "peers, tamngu: index_s": 43.0,
        "peers, txtai: index_s": 74.0,
    }


def test_figures_that_cannot_be_written_are_one_error(tmp_path: Path) -> None:
    with pytest.raises(BenchFailed, match="Cannot write"):
        Figures({}, {}).write(tmp_path / "missing" / "figures.json")
