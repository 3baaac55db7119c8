from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from eval.language.__main__ import main, measure
from eval.language.detectors import detectors
from eval.language.labelled_texts import LabelledText, own_sets, public_sets


def test_a_detector_is_scored_by_the_share_of_right_languages() -> None:
    texts = [
        LabelledText("a", ("vi",)),
        LabelledText("b", ("en", "vi")),
        LabelledText("c", ("fr",)),
    ]
    figures = measure("some", texts, "always vi", lambda _: "vi", shown=5)
    assert figures.texts == 3
    assert figures.accuracy == 0.6667
    assert figures.wrong == (("c", "vi"),)


def test_the_short_questions_are_a_hundred_for_each_language_in_two_halves() -> None:
    sets = own_sets()
    for language in ("vi", "zh", "en"):
        halves = [sets[f"short, {language}, {half}"] for half in ("tuned", "scored")]
        texts = {each.text for half in halves for each in half}
        assert [len(half) for half in halves] == [50, 50]
        assert len(texts) == 100


def test_what_tamngu_stands_on_is_compared() -> None:
    compared = detectors()
    assert list(compared)[:4] == ["Tamngu", "Tamngu without langdetect", "lid.176", "langdetect"]
    text = "Thủ tướng tiếp đoàn doanh nghiệp Nhật Bản"
    assert {detect(text) for detect in compared.values()} == {"vi"}
    assert {detect("?!") for detect in compared.values()} >= {"und"}


def test_public_sets_are_read_from_a_folder(tmp_path: Path) -> None:
    paragraph = {"context": "Chợ họp mỗi sáng.", "qas": [{"question": "Chợ họp khi nào?"}]}
    (tmp_path / "xquad").mkdir()
    (tmp_path / "xquad" / "xquad.vi.json").write_text(
        json.dumps({"data": [{"paragraphs": [paragraph]}]}), encoding="utf-8"
    )
    treebank = tmp_path / "ud" / "UD_English-Own"
    treebank.mkdir(parents=True)
    lines = ["# text = The old market opens.", "1\tThe\t_\tDET", "2\told\t_\tADJ"]
    lines += ["3\tmarket\t_\tNOUN", "4\topens\t_\tVERB", ""]
    (treebank / "own.conllu").write_text("\n".join(lines), encoding="utf-8")
    sets = public_sets(tmp_path, most=10)
    assert {name: [each.text for each in texts] for name, texts in sets.items()} == {
        "XQuAD's questions, vi": ["Chợ họp khi nào?"],
        "XQuAD's paragraphs, vi": ["Chợ họp mỗi sáng."],
        "treebank sentences, en": ["The old market opens."],
        "treebank topics, en": ["old market"],
        "XQuAD's questions, vi without diacritics": ["Cho hop khi nao?"],
        "XQuAD's paragraphs, vi without diacritics": ["Cho hop moi sang."],
    }


def test_the_command_prints_json() -> None:
    result = CliRunner().invoke(main, ["--json"])
    assert result.exit_code == 0
    rows = json.loads(result.stdout)
    own = {row["set"]: row for row in rows if row["detector"] == "Tamngu"}
    assert own["short, vi, scored"]["accuracy"] >= 0.96
    assert set(own) == set(own_sets())
