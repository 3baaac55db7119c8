from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.isolation.messages import (
    Answer,
    Begun,
    Ended,
    Failed,
    Finished,
    Retiring,
    decoded,
    encoded,
    entries_of,
    shortened,
)
from rag.readers.listing import Entry
from rag.records.new_article import make_article
from tamngu.records.cut import Cut
from tamngu.records.rejection import Rejection

ARTICLE = make_article(
    "Chè.\n\nNó đã bay đi.", key="k", title="\ud800", authors=["An"], cut=[Cut("Quảng cáo", "ad")]
)
ANSWERS: list[Answer] = [
    ARTICLE,
    dataclasses.replace(ARTICLE, pages=(0, 6), tags=("a", "b"), url="https://a.example/"),
    Rejection("a.zip!\udcff.txt", "why", 7),
    Begun("a", ".txt", 3, "/0/12"),
    Ended("/1"),
    Finished([{"a": 1}]),
    Finished(),
    Failed("why"),
    Retiring(),
]
NAMES = [type(each).__name__ for each in ANSWERS]
FIELDS = [each.name for answer in ANSWERS for each in dataclasses.fields(answer)]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda each: type(each).__name__)
def test_an_answer_arrives_as_it_was_sent(answer: Answer) -> None:
    assert decoded(encoded(answer)) == answer


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=3), inner, max_size=4)
    ),
)
messages = (
    st.binary(max_size=50)
    | values.map(lambda value: json.dumps(value).encode())
    | st.tuples(st.sampled_from(NAMES), values).map(lambda pair: json.dumps(pair).encode())
)


@given(messages)
def test_what_a_process_sends_that_was_taken_over_is_an_answer_or_refused(data: bytes) -> None:
    try:
        answer = decoded(data)
    except ValueError:
        return
    assert type(answer) in {type(each) for each in ANSWERS}


@given(st.sampled_from(ANSWERS), st.data())
def test_each_value_of_an_answer_is_checked(answer: Answer, data: st.DataObject) -> None:
    name, known = json.loads(encoded(answer))
    if not known:
        return
    changed = data.draw(st.sampled_from(sorted(known)))
    known[changed] = data.draw(values)
    try:
        found = decoded(json.dumps([name, known]).encode())
    except ValueError:
        return
    if changed != "value":
        assert type(getattr(found, changed)) in {type(getattr(answer, changed)), str, type(None)}


@pytest.mark.parametrize(
    "values", [{"size": -1}, {"size": 2**63}, {"size": True}, {"place": "0"}, {"place": "/" * 9}]
)
def test_a_size_or_a_place_that_cannot_be_is_refused(values: dict[str, object]) -> None:
    known = {"name": "a", "kind": ".txt", "size": 3, "place": "/0", **values}
    with pytest.raises(ValueError, match=r"Begun|place"):
        decoded(json.dumps(["Begun", known]).encode())


def test_entries_of_a_listing_are_checked() -> None:
    entry = Entry("https://a.example/", "Tin", authors=("An",), html="<p>", is_whole=True)
    sent = json.loads(json.dumps([dataclasses.asdict(entry)]))
    assert entries_of(sent) == [entry]
    for wrong in (None, "a", [1], [{}, {"a": 1}], [{"url": 3}], [{"url": "a", "authors": [1]}]):
        with pytest.raises(ValueError, match="entr"):
            entries_of(wrong)


def test_a_rejection_has_a_bounded_length() -> None:
    short = shortened(Rejection("w" * 10**6, "r" * 10**6, 3))
    assert (len(short.where), len(short.reason), short.count) == (300, 300, 3)
    assert shortened(Rejection("a", "b")) == Rejection("a", "b")
