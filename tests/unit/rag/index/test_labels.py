from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from rag.index.labels import Labels
from rag.records.new_article import make_article
from tamngu.records.filter import Filter


@pytest.mark.parametrize(
    "published_at",
    [
        *("2024-05-01", "2024-05-01T23:59:59+14:00", "2024-05-01t10:00:00Z", "20240501T10"),
        *("2024-05-01_10:00", "2024-W18-3", "2024-05-01 08:00"),
    ],
)
def test_a_date_and_time_counts_as_its_day(published_at: str) -> None:
    article = make_article("Một", key="k", published_at=published_at)
    labels = Labels()
    columns = np.array([labels.row(article)], dtype=np.int32)
    day = date(2024, 5, 1)
    assert labels.mask(columns, Filter(published_from=day, published_to=day)).all()
    assert not labels.mask(columns, Filter(published_from=date(2024, 5, 2))).any()
    assert not labels.mask(columns, Filter(published_to=date(2024, 4, 30))).any()


def test_codes_stay_when_labels_are_added() -> None:
    labels = Labels()
    first = labels.row(make_article("Một", key="k", source="a", tags=["x"]))
    labels.row(make_article("Hai", key="k", source="b", tags=["x", "y"]))
    assert labels.row(make_article("Ba", key="k", source="a", tags=["x"])) == first
    again = Labels(labels.sources, labels.tag_sets)
    columns = np.array([first], dtype=np.int32)
    assert again.mask(columns, Filter(sources=["a"], tags=["x"])).all()
    assert not again.mask(columns, Filter(sources=["b"])).any()
