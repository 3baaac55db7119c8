from __future__ import annotations

from eval.reports.figures import figures
from eval.runs.run import Result


def result(language: str, relevant: dict[str, str], sure: dict[str, float]) -> Result:
    return Result(
        id=f"{language} {relevant} {sure}",
        text="?",
        language=language,
        cluster="c",
        tags=(),
        relevant=relevant,
        found=(),
        order=(),
        single={},
        mixed={"map": 1.0, "any@1": 1.0},
        confidence=max(sure.values()),
        answer=None,
        took_ms=1.0,
        single_confidence=sure,
    )


def test_confidence_is_measured_by_pair_of_languages() -> None:
    found = figures(
        [
            result("vi", {"a": "vi"}, {"vi": 1.0, "zh": 0.0}),
            result("vi", {"b": "zh"}, {"vi": 0.0, "zh": 0.5}),
            result("vi", {}, {"vi": 0.5, "zh": 0.25}),
        ]
    )["abstention"]["by_pair"]
    assert found.keys() == {"vi->vi", "vi->zh", "mono", "cross"}
    assert found["vi->vi"] == found["mono"] == {"auroc": 1.0, "ece": 0.1667}
    assert found["vi->zh"] == {"auroc": 1.0, "ece": 0.25}
