from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamngu.records.article import Article
from tamngu.records.rejection import Rejection
from tests.unit.rag.readers.reading import articles, read, reason

VI = "Lào gia nhập ASEAN năm 1997."
ZH = "东盟秘书处设在雅加达。"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_row_is_an_article(delimiter: str) -> None:
    file = io.StringIO()
    table = csv.writer(file, delimiter=delimiter)
    table.writerow(["id", "title", "text", "authors", "published_at", "other"])
    table.writerow(["1", "Lào", f"{VI}\nHai, ba; bốn.", "An; Bình", "2020-11-25", "x"])
    table.writerow(["2", "", ZH, "", "", ""])
    one, two = articles("a.csv", file.getvalue())
    assert (one.id, one.title, one.text) == ("1", "Lào", f"{VI}\nHai, ba; bốn.")
    assert (one.authors, one.published_at) == (("An", "Bình"), "2020-11-25")
    assert (two.id, two.title, two.text, two.published_at) == ("2", ZH, ZH, None)


def test_columns_are_found_under_the_names_that_are_given() -> None:
    (article,) = articles("a.tsv", f"body\theadline\tby\n{VI}\tLào\tAn;Bình", text="body",
                          title="headline", authors="by")  # fmt: skip
    assert (article.text, article.title, article.authors) == (VI, "Lào", ("An", "Bình"))


def test_a_row_without_text_is_named_by_its_line() -> None:
    found = read("a.csv", f'title,text\nA,{VI}\n\nB,\nC,"{ZH}\n{ZH}"\nD,\n')
    assert [isinstance(item, Article) for item in found] == [True, False, True, False]
    assert [item.where for item in found if isinstance(item, Rejection)] == [
        "a.csv line 4",
        "a.csv line 7",
    ]


def test_what_a_table_or_an_object_calls_its_fields_is_told() -> None:
    (found,) = read("a.csv", f"headline,body\nLào,{VI}")
    assert "it has headline, body: choose one with --field text=NAME" in str(found)
    assert "--field text=NAME" in reason("a.json", json.dumps({"body": VI}))


def test_a_reason_is_one_line_whatever_the_columns_are_called() -> None:
    (found,) = read("a.csv", '"a\n\tb\r",c\n1,2\n')
    assert isinstance(found, Rejection)
    assert "it has a b, c:" in found.reason


def test_a_table_in_another_encoding_is_read() -> None:
    (article,) = articles("a.csv", f"title,text\n东盟,{ZH * 5}\n".encode("gb18030"))
    assert article.text == ZH * 5


@pytest.mark.parametrize("data", ["", "text\n", "text,title\n\n\n"])
def test_a_table_without_rows_is_rejected(data: str) -> None:
    assert "it has no rows" in reason("a.csv", data)


@pytest.mark.parametrize(
    "stated",
    [
        {"text": VI, "id": "1"},
        [{"text": VI, "id": "1"}],
        {"count": 1, "items": [{"text": VI, "id": "1"}], "pages": [1, 2]},
    ],
)
def test_a_json_file_is_an_article_or_a_list_of_them(stated: object) -> None:
    (article,) = articles("a.json", json.dumps(stated))
    assert (article.id, article.text) == ("1", VI)


def test_items_without_text_are_named_and_the_rest_is_read() -> None:
    found = read("a.json", json.dumps([{"text": VI}, 5, {"text": None}, {"text": ZH}]))
    assert [item.text for item in found if isinstance(item, Article)] == [VI, ZH]
    wrong = [str(item) for item in found if isinstance(item, Rejection)]
    assert wrong == [
        "a.json item 2: it is not a JSON object",
        "a.json item 3: it has no string named text",
    ]


@pytest.mark.parametrize("data", ["{", "[" * 100_000, "[]", "\x00{}"])
def test_what_is_no_json_is_rejected(data: str) -> None:
    assert reason("a.json", data)


@given(
    st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufeff")
        )
    )
)
def test_any_text_survives_a_table(texts: list[str]) -> None:
    expected = [text.strip() for text in texts if text.strip()]
    file = io.StringIO()
    table = csv.writer(file, quoting=csv.QUOTE_ALL)
    table.writerow(["text", "n"])
    for number, text in enumerate(texts):
        table.writerow([text, number])
    found = read("a.csv", file.getvalue())
    if texts:
        assert [item.text for item in found if isinstance(item, Article)] == expected
