from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tamngu.records.filter import Filter
from tamngu.records.request import (
    MAX_TOP_K,
    AskRequest,
    BadRequest,
    SearchRequest,
    ranking_named,
)

DAYS = st.dates()
REQUESTS = st.builds(
    AskRequest,
    question=st.text(),
    top_k=st.integers(1, MAX_TOP_K),
    language=st.sampled_from([None, "vi", "zh-TW", "en_GB"]),
    languages=st.none() | st.lists(st.sampled_from(["vi", "zh", "en"])),
    prefer=st.sampled_from([None, "own"]),
    sources=st.none() | st.lists(st.text()),
    tags=st.none() | st.lists(st.text()),
    published_from=st.none() | st.dates(max_value=date(2020, 1, 1)),
    published_to=st.none() | st.dates(min_value=date(2020, 1, 1)),
    article_ids=st.none() | st.lists(st.text()),
    include_duplicates=st.booleans(),
    abstain_below=st.none() | st.floats(0, 1),
)


@given(REQUESTS)
def test_a_request_survives_its_way_through_json(request_: AskRequest) -> None:
    requests = TypeAdapter(AskRequest)
    sent = requests.dump_python(request_, mode="json", by_alias=True, exclude_defaults=True)
    assert requests.validate_python(sent) == request_


def test_json_has_the_names_that_clients_rely_on() -> None:
    request = SearchRequest("ASEAN", top_k=3, include_duplicates=True)
    sent = TypeAdapter(SearchRequest).dump_python(request, by_alias=True, exclude_defaults=True)
    assert sent == {"question": "ASEAN", "k": 3, "copies": True}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"top_k": 0}, "top_k is 0"),
        ({"top_k": MAX_TOP_K + 1}, "from 1 to 100"),
        ({"language": "x"}, "'x' is not a language tag"),
        ({"languages": ["vi", "?"]}, r"'\?' is not a language tag"),
        ({"published_from": date(2025, 2, 1), "published_to": date(2025, 1, 31)}, "is after"),
        ({"ranking": "cosine"}, "ranking is 'cosine'"),
        ({"ranking": "bm25"}, "needs 'hybrid'"),
        ({"abstain_below": 1.5}, "from 0 to 1"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_python_and_in_json(
    wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadRequest, match=words):
        AskRequest("ASEAN", **wrong)
    sent = {"k" if name == "top_k" else name: value for name, value in wrong.items()}
    with pytest.raises(ValidationError):
        TypeAdapter(AskRequest).validate_python({"question": "ASEAN", **sent})


def test_json_with_an_unknown_member_is_refused() -> None:
    with pytest.raises(ValidationError, match="top_k"):
        TypeAdapter(SearchRequest).validate_python({"question": "ASEAN", "top_k": 3})


def test_the_filters_have_language_codes() -> None:
    request = SearchRequest("ASEAN", languages=["zh-TW", "VI"], tags=["trade"])
    assert request.filters == Filter(languages=["zh", "vi"], tags=["trade"])


@pytest.mark.parametrize(
    ("former", "ranking"), [("fair", "hybrid"), ("plain", "dense"), ("words", "bm25")]
)
def test_rankings_are_known_by_their_former_names(former: str, ranking: str) -> None:
    assert ranking_named(former) == ranking_named(ranking) == ranking
    given: dict[str, Any] = {"ranking": former}
    assert SearchRequest("ASEAN", **given).ranking == ranking
