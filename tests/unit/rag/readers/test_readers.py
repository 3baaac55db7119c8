from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from eval.main_text.measure import measure, pages_of
from rag.errors import UnreadableFile
from rag.readers import Document, Reading, find_files, read_file, read_path
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection
from tests.conftest import SHARED

VI = "Đại hội đồng Liên Hợp Quốc thông qua nghị quyết về hợp tác với ASEAN hôm thứ Hai."
HANS = "联合国大会星期一通过了关于同东盟合作的决议，越南代表十国主持了案文的谈判。"
PAGE_OF_NOBODY = Document("k", "k", ".html", "s", io.BytesIO)
HANT = "聯合國大會星期一通過了關於同東協合作的決議，越南代表十國主持了案文的談判。"
PAGE = """<html><head><title>{title}</title><meta charset="{charset}"></head><body>
<nav><a href="/">Home</a></nav><article><h1>{title}</h1>{paragraphs}</article></body></html>"""


def read_one(path: Path) -> Article:
    (found,) = read_path(path)
    assert isinstance(found, Article), found
    return found


def rejected(path: Path) -> str:
    (found,) = read_path(path)
    assert isinstance(found, Rejection)
    assert found.where.startswith(str(path))
    return found.reason


def test_text_has_its_first_line_as_title(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"Tin mới\r\n\r\n{VI}\r\n", encoding="utf-8-sig")
    article = read_one(path)
    assert (article.title, article.text) == ("Tin mới", f"Tin mới\n\n{VI}")
    assert (article.language, article.source) == ("vi", "a.txt")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (HANS, "gb18030"),
        (HANS, "gb2312"),
        (HANT, "big5"),
        (HANT, "cp950"),
        (VI, "utf-16"),
        (HANS, "utf-16"),
        (VI, "utf-8-sig"),
        ("Café déjà vu à Genève, l'été dernier près du lac.", "cp1252"),
    ],
)
def test_other_encodings_are_decoded(text: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert read_one(path).text == text


def test_broken_utf8_keeps_everything_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    data = VI.encode()
    path.write_bytes(data[:20] + b"\xff" + data[20:] + b"\xe1\xbb")
    text = read_one(path).text
    assert text.count("\ufffd") == 2
    assert text.replace("\ufffd", "") == VI


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_a_page_in_another_encoding_is_decoded(encoding: str, tmp_path: Path) -> None:
    text = HANT if encoding == "big5" else HANS
    page = PAGE.format(title=text[:12], charset=encoding, paragraphs=f"<p>{text}</p>" * 3)
    path = tmp_path / "a.html"
    path.write_bytes(page.encode(encoding))
    article = read_one(path)
    assert text in article.text
    assert article.title == text[:12]
    assert "Home" not in article.text


def test_a_page_that_states_a_wrong_charset_is_decoded(tmp_path: Path) -> None:
    page = PAGE.format(title="Tin", charset="gb2312", paragraphs=f"<p>{VI}</p>" * 3)
    path = tmp_path / "a.htm"
    path.write_bytes(page.encode("utf-8"))
    assert VI in read_one(path).text


def test_markdown_loses_its_markup_and_keeps_its_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "---\nid: one\ntitle: Một\npublished_at: 2020-11-23\ntags: [a, b]\nunknown: 1\n---\n"
        f"# Một\n\n{VI} *Rất* [rõ](https://a.example).\n\n- mục\n",
        encoding="utf-8",
    )
    article = read_one(path)
    assert article.id == "one"
    assert article.published_at == "2020-11-23"
    assert article.tags == ("a", "b")
    assert article.text == f"Một\n\n{VI} Rất rõ.\n\nmục"


def test_markdown_keeps_what_stands_in_html(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "---\ntitle: 1954\ntags: [2020, b]\n---\nMột<br>hai.\n\n<div>Ba &amp; bốn.</div>\n"
    )
    article = read_one(path)
    assert (article.title, article.tags) == ("1954", ("2020", "b"))
    assert article.text == "Một\nhai.\n\nBa & bốn."


def test_a_rule_at_the_start_is_no_front_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\nMột câu.\n---\n\nHai câu.\n")
    assert read_one(path).text == "Một câu.\n\nHai câu."


def test_json_lines_in_utf16_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(
        "\n".join(json.dumps({"text": t}, ensure_ascii=False) for t in (VI, HANS)), "utf-16"
    )
    assert [a.text for a in read_path(path) if isinstance(a, Article)] == [VI, HANS]


def test_files_whose_names_are_no_text_stay_apart(tmp_path: Path) -> None:
    for name in ("中", "国"):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name.encode("gbk") + b".txt"))).write_text(
            VI
        )
    ids = {a.id for a in read_path(tmp_path) if isinstance(a, Article)}
    assert len(ids) == 2


def test_a_page_that_states_the_front_pages_address_is_known_by_its_file(tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        page = PAGE.format(title=name, charset="utf-8", paragraphs=f"<p>{VI}</p>" * 3)
        link = '<link rel="canonical" href="https://news.example/"></head>'
        (tmp_path / name).write_text(page.replace("</head>", link), encoding="utf-8")
    assert len({a.id for a in read_path(tmp_path) if isinstance(a, Article)}) == 2


def test_a_folder_that_cannot_be_looked_into_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(VI)
    os.mkfifo(tmp_path / "b.txt")
    found = list(read_path(tmp_path))
    assert [type(item) for item in found] == [Article, Rejection]


def test_each_line_of_json_is_an_article_and_bad_ones_are_numbered(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [
        json.dumps({"id": 7, "text": VI, "published_at": "2020-11-23T10:00:00+07:00"}),
        "{broken",
        "",
        '["no object"]',
        '{"title": "no text"}',
        json.dumps({"text": HANS, "title": None, "tags": "one"}),
        '{"text": "x", "published_at": "yesterday"}',
        '{"text": "x", "url": [5]}',
        '{"text": "\\ud800 lone surrogate"}',
        "[" * 100_000,
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = list(read_path(path))
    articles = [item for item in found if isinstance(item, Article)]
    assert [a.text for a in articles] == [VI, HANS, "x", "\ufffd lone surrogate"]
    # A date that is not understood is none; the article is kept.
    assert [a.published_at for a in articles] == ["2020-11-23T10:00:00+07:00", None, None, None]
    assert articles[0].id == "7"
    assert articles[1].tags == ("one",)
    places = [item.where.rsplit(" ", 1)[1] for item in found if isinstance(item, Rejection)]
    assert places == ["2", "4", "5", "8", "10"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "no text"),
        ("a.txt", b" \n\xef\xbb\xbf ", "no text"),
        ("a.md", b"---\ntitle: x\n---\n", "no text"),
        ("a.md", b"---\ntitle: [\n---\ntext", "not valid YAML"),
        ("a.md", b"---\nx: " + b"[" * 3000 + b"\n---\ntext", "front matter"),
        ("a.jsonl", b"\n\n", "no text"),
        ("a.txt", bytes(range(256)) * 40, "binary"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
        ("a.html", b"\x7fELF\x02\x01\x01\x00\x00", "binary"),
        ("a.html", b"<html><body></body></html>", "no article"),
        ("a.html", b"", "no article"),
    ],
)
def test_what_holds_no_article_is_rejected_with_the_reason(
    name: str, data: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert reason in rejected(path)


def test_a_folder_is_read_in_order_without_hidden_and_other_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("b.txt", "sub/a.MD", ".hidden.txt", "c.png", ".git/x.txt"):
        (tmp_path / name).write_text(VI, encoding="utf-8")
    assert [p.relative_to(tmp_path).as_posix() for p in find_files(tmp_path)] == [
        "b.txt",
        "sub/a.MD",
    ]
    sources = [a.source for a in read_path(tmp_path) if isinstance(a, Article)]
    assert sources == ["b.txt", "sub/a.MD"]


def test_paths_without_anything_to_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    for path in (tmp_path / "nothing", tmp_path / "a.png", tmp_path):
        with pytest.raises(UnreadableFile, match=path.name):
            find_files(path)


def test_the_shared_articles_are_read_whole() -> None:
    folder = SHARED / "articles"
    if not folder.is_dir():
        pytest.skip("the shared articles are not beside the repository")
    whole = Reading(keep_boilerplate=True)
    for path, language in zip(find_files(folder), ("vi", "vi", "vi", "zh", "vi"), strict=True):
        (article,) = read_file(path, reading=whole)
        assert isinstance(article, Article)
        assert article.language == language
        assert article.text == path.read_text(encoding="utf-8").strip()


@pytest.mark.slow
@pytest.mark.parametrize(("folder", "least"), [("zh", 0.9), ("en-wcxb", 0.945)])
def test_main_text_is_found_better_than_by_trafilatura_alone(folder: str, least: float) -> None:
    home = SHARED / "data" / "html" / folder
    if not home.is_dir():
        pytest.skip("the pages are not beside the repository")
    figures = measure(pages_of(home))
    assert figures.f1 >= max(least, figures.trafilatura + 0.01)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("2004年12月27日10:21", "2004-12-27T10:21:00"),
        ("2020-11-25 20:36", "2020-11-25T20:36:00"),
        ("2020/11/25 星期三 20:36", "2020-11-25T20:36:00"),
    ],
)
def test_the_time_that_a_page_shows_is_its_date(shown: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    paragraphs = f"<p>{shown}</p><script>var now = '1999-01-01 00:00'</script><p>{HANS}</p>"
    path.write_text(PAGE.format(title="会议", charset="utf-8", paragraphs=paragraphs))
    assert read_one(path).published_at == expected


@pytest.mark.parametrize("html", ["<svg><br><e>", "<nav>", "<script>x"])
def test_what_is_no_page_has_no_article(tmp_path: Path, html: str) -> None:
    path = tmp_path / "a.html"
    path.write_text(html)
    (found,) = read_file(path)
    assert isinstance(found, Rejection)
    assert found.reason == "the page has no article"


def test_wrapped_lines_of_text_and_markdown_are_joined(tmp_path: Path) -> None:
    paragraph = (
        "灵江渡口建于一九三一年，由柯家兄弟二人出资修建，他们在前一年把磨坊\n"
        "卖给了上马镇。渡船每天往返12次，由镇上的两位年老的船\n"
        "工驾驶。大桥通车以后渡口逐渐冷清，渡船被卖给下游的一家公司。"
    )
    for name in ("a.txt", "a.md"):
        path = tmp_path / name
        path.write_text(f"# 渡口\n\n{paragraph}\n", encoding="utf-8")
        (article,) = read_file(path)
        assert isinstance(article, Article)
        assert article.text.endswith(paragraph.replace("\n", ""))


def test_lines_of_markdown_that_are_meant_as_lines_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "Công ty Phà Cửa Lạch\nSố 12 đường Trần Phú\nHải Dương\n\n"
        "The ferry across the river carries forty people,  \nand a lamp burns at night.\n\n"
        "```\nferry = cross(river, passengers, carts,\n    lamp)\n```\n",
        encoding="utf-8",
    )
    (article,) = read_file(path)
    assert isinstance(article, Article)
    assert article.text.split("\n\n") == [
        "Công ty Phà Cửa Lạch\nSố 12 đường Trần Phú\nHải Dương",
        "The ferry across the river carries forty people,\nand a lamp burns at night.",
        "ferry = cross(river, passengers, carts,\n    lamp)",
    ]
