from __future__ import annotations

from pathlib import Path

from rag.ingestion.file_changes import document_of
from rag.readers import Document, Reading, find_files, read_document
from rag.readers.pages.boilerplate import cut_boilerplate
from rag.readers.pages.repeated_in_stream import with_repeated
from rag.readers.pages.repeated_lines import line_key, repeated_lines
from rag.readers.repeated_in_folder import SourcePages
from tamngu.records.article import Article
from tests.unit.rag.readers.reading import document

PLACES = ("Viêng Chăn", "Hà Nội", "Jakarta", "Manila", "Bangkok", "Phnôm Pênh")
TOP = "Chuyên trang thời sự của báo Ngày Mới"
FOOT = "Mỗi sáng thứ Bảy, chuyên mục này có thêm bạn đọc mới, tuần này là {n} người."
HEADING = "Kết quả"


def story(n: int) -> str:
    return (
        f"Họp ở {PLACES[n]}\n\n"
        f"Hội đồng họp ở {PLACES[n]} hôm thứ Hai và thông qua kế hoạch thứ {n}.\n\n"
        f"{HEADING}\n\nCác bên ở {PLACES[n]} nhất trí gặp lại nhau sau {n} tháng ở nơi khác.\n"
    )


def page(n: int) -> str:
    return f"{TOP}\n{story(n)}\n{FOOT.format(n=n * 17)}"


def test_lines_that_many_pages_have_are_learnt() -> None:
    repeated = repeated_lines(map(page, range(6)))
    assert repeated == {line_key(TOP), line_key(FOOT.format(n=1)), line_key(HEADING)}


def test_nothing_is_learnt_from_few_pages_or_from_one_page_many_times() -> None:
    assert repeated_lines(map(page, range(3))) == frozenset()
    assert repeated_lines([page(0)] * 20) == frozenset()


def test_a_heading_within_a_story_stays_and_what_stands_around_it_goes() -> None:
    found = cut_boilerplate(page(2), repeated_lines(map(page, range(6))))
    assert found.text == story(2).strip()
    assert [(cut.line, cut.reason) for cut in found.cut] == [
        (TOP, "on other pages too"),
        (FOOT.format(n=34), "on other pages too"),
    ]


def test_a_text_that_is_all_in_common_stays_whole() -> None:
    form = "Biểu mẫu này do mọi cơ quan điền vào rồi gửi về văn phòng trước ngày đã hẹn."
    assert cut_boilerplate(form, frozenset({line_key(form)})).text == form


def test_pages_of_a_folder_lose_what_they_have_in_common(tmp_path: Path) -> None:
    for n in range(6):
        (tmp_path / f"{n}.txt").write_text(page(n), encoding="utf-8")
    other = tmp_path / "other" / "1.txt"
    other.parent.mkdir()
    other.write_text(page(1), encoding="utf-8")
    files = find_files(tmp_path)
    pages = SourcePages(files)

    def article_of(file: Path, reading: Reading) -> Article:
        found = document_of(pages, file, "s", reading)
        assert isinstance(found, Document)
        (article,) = read_document(found, reading)
        assert isinstance(article, Article)
        return article

    for n in range(6):
        assert article_of(tmp_path / f"{n}.txt", Reading()).text == story(n).strip()
    # Nothing is learnt from a folder with one page.
    assert article_of(other, Reading()).text == page(1).strip()
    assert article_of(files[0], Reading(keep_boilerplate=True)).text == page(0).strip()


def test_pages_in_an_archive_lose_what_they_have_in_common() -> None:
    from tests.unit.rag.readers.test_archives import packed

    data = packed(*((f"a/{n}.txt", page(n)) for n in range(6)), ("b/1.txt", page(1)))
    found = [item for item in read_document(document("z.zip", data)) if isinstance(item, Article)]
    texts = {article.source: article.text for article in found}
    assert texts == {
        **{f"source!a/{n}.txt": story(n).strip() for n in range(6)},
        "source!b/1.txt": page(1).strip(),
    }


def test_pages_of_very_many_sources_are_all_read() -> None:
    items = [document(f"{n}/1.txt", page(n % 6).encode()) for n in range(600)]
    found = [item for item in with_repeated(items) if isinstance(item, Document)]
    assert sorted(item.key for item in found) == sorted(item.key for item in items)
