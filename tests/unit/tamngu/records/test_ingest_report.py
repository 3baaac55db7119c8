from __future__ import annotations

from tamngu.records.ingest_report import IngestReport
from tamngu.records.rejection import MAX_REJECTIONS, Rejection


def rejections(number: int) -> list[Rejection]:
    return [Rejection(f"{n}.txt", "why") for n in range(number)]


def test_rejections_beyond_a_number_are_counted_only() -> None:
    report = IngestReport()
    report.reject(rejections(MAX_REJECTIONS - 1))
    report.reject([Rejection("a.zip", "the rest", count=500), Rejection("b.txt", "why")])
    report.reject([Rejection("c.zip", "the rest", count=30)])
    assert len(report.rejected) == MAX_REJECTIONS
    assert report.rejected[-1].where == "a.zip"
    assert report.more_rejected == 31
    assert report.rejected_count == MAX_REJECTIONS - 1 + 500 + 31


def test_the_sum_of_two_reports_counts_all_rejections() -> None:
    one, two = IngestReport(), IngestReport()
    one.reject(rejections(MAX_REJECTIONS - 1))
    two.reject([Rejection("a", "b", count=4), Rejection("c", "d", count=5), Rejection("e", "f")])
    both = one + two
    assert len(both.rejected) == MAX_REJECTIONS
    assert both.rejected_count == one.rejected_count + two.rejected_count
    # What was kept of a sum is kept again.
    assert (both + IngestReport()).rejected == both.rejected
