from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.records.new_article import make_article
from rag.text.cleaning import clean


@given(st.text() | st.text(st.characters(categories=["Cs", "Cc", "L"])))
def test_cleaned_text_can_be_encoded_and_stays_the_same_when_cleaned_again(text: str) -> None:
    once = clean(text)
    once.encode("utf-8")
    assert "\r" not in once
    assert "\0" not in once
    assert clean(once) == once


def test_missing_fields_are_derived() -> None:
    article = make_article("Một tiêu đề\nThân bài tiếng Việt ở đây.", key="a.txt", source="a.txt")
    assert article.title == "Một tiêu đề"
    assert (article.language, article.script) == ("vi", None)
    assert article.id == make_article("khác", key="a.txt").id


def test_the_id_comes_from_id_then_url_then_key() -> None:
    assert make_article("x", key="k", id="given", url="https://a.example").id == "given"
    by_url = make_article("x", key="k", url="https://a.example").id
    assert by_url == make_article("x", key="other", url="https://a.example").id
    assert by_url != make_article("x", key="k").id


@pytest.mark.parametrize(
    ("tag", "language", "script"),
    [("zh-TW", "zh", "Hant"), ("zh", "zh", "Hans"), ("EN_us", "en", None), ("fr", "fr", None)],
)
def test_a_given_language_is_used(tag: str, language: str, script: str | None) -> None:
    article = make_article("联合国", key="k", language=tag)
    assert (article.language, article.script) == (language, script)


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " \n "},
        {"text": "x", "id": ""},
        {"text": "x", "id": "a\nb"},
        {"text": "x", "published_at": "12/2/2020"},
        {"text": "x", "language": "../../x"},
    ],
)
def test_invalid_fields_are_refused(wrong: dict[str, Any]) -> None:
    text = wrong.pop("text")
    with pytest.raises(ValueError, match=r"\w"):
        make_article(text, key="k", **wrong)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2020-11-25T20:36:00Z", "2020-11-25T20:36:00Z"),
        ("2020-11-25", "2020-11-25"),
        ("20201125", "2020-11-25"),
        ("20201125T203600+0700", "2020-11-25T20:36:00+07:00"),
        ("2020-W48-3", "2020-11-25"),
    ],
)
def test_a_date_begins_with_its_day_whatever_the_form(given: str, kept: str) -> None:
    assert make_article("x", key="k", published_at=given).published_at == kept


def test_the_content_hash_depends_on_every_field_except_the_id() -> None:
    fields = {
        "title": "t",
        "url": "https://a.example",
        "source": "s",
        "published_at": "2020-01-01",
        "language": "en",
        "authors": ["a"],
        "tags": ["b"],
    }
    base = make_article("text", key="k", id="1", **fields)  # type: ignore[arg-type]
    assert base.content_hash == make_article("text", key="k", id="2", **fields).content_hash  # type: ignore[arg-type]
    changes = [
        ("title", "T"),
        ("url", "https://b.example"),
        ("source", "S"),
        ("published_at", "2020-01-02"),
        ("language", "vi"),
        ("authors", ["b"]),
        ("tags", ["c"]),
    ]
    hashes = {base.content_hash}
    for name, value in changes:
        changed = json.loads(json.dumps(fields)) | {name: value}
        hashes.add(make_article("text", key="k", id="1", **changed).content_hash)
    hashes.add(make_article("other text", key="k", id="1", **fields).content_hash)  # type: ignore[arg-type]
    assert len(hashes) == 2 + len(changes)
