"""Retrieval metrics of single questions, computed by ir_measures with trec_eval's code."""

from __future__ import annotations

from collections.abc import Mapping

SINGLE = {"r@1": "R@1", "r@10": "R@10", "r@100": "R@100", "mrr@10": "RR@10", "ndcg@10": "nDCG@10"}
MIXED = {
    "map": "AP",
    "any@1": "Success@1",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "recall@100": "R@100",
    "mrr@10": "RR@10",
    "ndcg@10": "nDCG@10",
}
"""Names of metrics in runs, and in ir_measures: against one language, and against all."""


def measure(
    names: Mapping[str, str],
    relevant: Mapping[str, Mapping[str, int]],
    run: Mapping[str, Mapping[str, float]],
) -> dict[str, dict[str, float]]:
    """Return each metric of each question; 0 if nothing was found.

    Args:
        names: of the metrics, and their names in ir_measures.
        relevant: grades, from 1, of what answers each question, by question id.
        run: score of each result, by question id. The scores of a question must differ, because
            metrics order equal scores differently.
    """
    import ir_measures

    measures = {name: ir_measures.parse_measure(theirs) for name, theirs in names.items()}
    judged, found = {}, {}
    for number, (question, grades) in enumerate(relevant.items()):
        scores = run.get(question, {})
        # trec_eval's code ends an id at its first NUL, and crashes at half of a surrogate pair.
        number_of = {text: str(n) for n, text in enumerate({**grades, **scores})}
        judged[str(number)] = {number_of[text]: grade for text, grade in grades.items()}
        if scores:
            found[str(number)] = {number_of[text]: score for text, score in scores.items()}
    values = {
        (value.query_id, value.measure): float(value.value)
        for value in ir_measures.iter_calc(list(set(measures.values())), judged, found)
    }
    return {
        question: {name: values.get((str(number), each), 0.0) for name, each in measures.items()}
        for number, question in enumerate(relevant)
    }
